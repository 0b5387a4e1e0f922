import { z } from 'zod';
import { type GraySplits, assertLevels, setFlag, TOTAL_LEVELS } from '../../depth/gray/gray-splits.js';
import { MaskwrightError } from '../../errors.js';
import { readInput } from '../../io/files/read-input.js';
import { VERSION } from '../../version.js';

/** How gray levels are allocated to splits of the depth, as the depth shell saves it. */
export interface DepthSplitPlan {
  readonly splits: GraySplits;
  readonly compress: boolean;
}

const schema = z.strictObject({
  maskwright: z.string().optional(),
  kind: z.literal('depth-splits'),
  compress: z.boolean(),
  splits: z
    .array(
      z.strictObject({
        start: z.number(),
        end: z.number(),
        levels: z.number().int().min(0).max(TOTAL_LEVELS),
        flags: z.record(z.string(), z.string()).default({}),
      }),
    )
    .min(1),
});

/** The text of a depth split plan. */
export function writeDepthSplitPlan({ splits, compress }: DepthSplitPlan): string {
  return `${JSON.stringify({ maskwright: VERSION, kind: 'depth-splits', compress, splits }, undefined, 2)}\n`;
}

/** Reads a depth split plan. Throws `INPUT_NOT_FOUND`, or `MANIFEST_INVALID` saying what is wrong where. */
export async function readDepthSplitPlan(path: string): Promise<DepthSplitPlan> {
  const text = Buffer.from(await readInput(path)).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(path, (error as Error).message);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw invalid(path, `${issue.path.join('.') || 'the plan'}: ${issue.message}`);
  }
  const { splits, compress } = parsed.data;
  assertOrder(path, splits);
  assertLevels(splits);
  // `setFlag` refuses a region that is no number.
  splits.forEach(({ flags }, index) => {
    for (const [key, flag] of Object.entries(flags)) setFlag(splits, index, key, flag);
  });
  return { splits, compress };
}

function assertOrder(path: string, splits: GraySplits): void {
  splits.forEach(({ start, end }, index) => {
    if (start >= end) {
      throw invalid(path, `split ${index} starts at ${start} and ends at ${end}`);
    }
    const next = splits[index + 1];
    if (next !== undefined && next.start !== end) {
      throw invalid(path, `split ${index} ends at ${end}, but split ${index + 1} starts at ${next.start}`);
    }
  });
}

function invalid(path: string, why: string): MaskwrightError {
  return new MaskwrightError('MANIFEST_INVALID', `${path} is not a depth split plan: ${why}`, {
    hint: 'save one in maskwright depth --interactive, with: save plan.json',
  });
}
