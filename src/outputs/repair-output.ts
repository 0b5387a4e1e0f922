import { bleedColors } from '../engine/index.js';
import { findLostColor, type LostColor } from '../inpaint/color-loss/detect-color-loss.js';
import { type OriginalMatch, repairFromOriginal } from '../inpaint/color-loss/repair-color.js';
import { decodeImage } from '../io/image/decode-image.js';
import { encodeImage, formatForPath } from '../io/image/encode-image.js';
import { STDIO } from '../io/files/read-input.js';
import { requireWritable, writeFiles } from '../io/files/write-files.js';
import { requireEqual } from './inpaint-output.js';
import { type Story, storyText } from '../io/image/provenance.js';

export interface RepairJobOptions {
  /** The untouched picture; without it, colours are only bled inward from the edges. */
  readonly from?: string | undefined;
  readonly output: string;
  readonly story: Story;
}

export interface RepairReport {
  readonly input: string;
  readonly output: string;
  /** What was lost before. */
  readonly lostColor: LostColor;
  /** How the original relates to the visible part; undefined without one. */
  readonly match: OriginalMatch | undefined;
  readonly warnings: readonly string[];
}

/**
 * Writes the picture with colour under its transparent pixels again: the original's own, or, without an original,
 * the nearest visible one. The file is read back before it takes its name.
 */
export async function repairJob(input: string, options: RepairJobOptions): Promise<RepairReport> {
  const inputs = [input, ...(options.from === undefined ? [] : [options.from])];
  await requireWritable([options.output], { inputs });
  const picture = await decodeImage(input);
  const lostColor = findLostColor(picture.raster);
  const original = options.from === undefined ? undefined : await decodeImage(options.from);
  const repaired = original === undefined ? undefined : repairFromOriginal(picture.raster, original.raster);
  const raster = repaired?.raster ?? bleedColors(picture.raster);
  const format = options.output === STDIO ? 'png' : formatForPath(options.output);
  const data = await encodeImage(raster, { format, icc: picture.icc ?? original?.icc, text: storyText(options.story) });
  await writeFiles(
    [{ path: options.output, data, verify: (temporary) => requireEqual(temporary, raster, options.output) }],
    { inputs },
  );
  return {
    input,
    output: options.output,
    lostColor,
    match: repaired?.match,
    warnings: [
      ...picture.warnings,
      ...(original?.warnings ?? []),
      ...(picture.raster.channels === 3 ? [`${picture.name} has no transparency: there was nothing to repair`] : []),
      ...describeMatch(repaired?.match),
      ...(repaired === undefined && lostColor.hidden > 0
        ? ['without --from the colours are made up: bled inward from the edges, so that nothing wrong shows there']
        : []),
    ],
  };
}

function describeMatch(match: OriginalMatch | undefined): string[] {
  const difference = match?.difference.toFixed(1);
  if (match?.kind === 'edited') {
    const percent = ((1 - match.equal) * 100).toFixed(1);
    return [`${percent} % of the visible pixels differ from the original: they are kept as edited`];
  }
  return match?.kind === 'recompressed'
    ? [`the original was recompressed: visible pixels differ by ${difference} levels on average, and are kept`]
    : [];
}
