import { bleedColors } from '../engine/index.js';
import { detectColorLoss, type ColorLoss } from '../inpaint/color-loss/detect-color-loss.js';
import { type OriginalMatch, repairFromOriginal } from '../inpaint/color-loss/repair-color.js';
import { decodeImage } from '../io/image/decode-image.js';
import { formatForPath } from '../io/image/encode-image.js';
import { verifiedContent } from '../io/image/image-content.js';
import { STDIO } from '../io/files/read-input.js';
import { assertWritable, writeFiles } from '../io/files/write-files.js';
import type { Raster } from '../raster/index.js';
import { metadataOf } from '../io/image/image-metadata.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';

export interface RepairJobOptions {
  /** The untouched image; without it, colors are only bled inward from the edges. */
  readonly from?: string | undefined;
  readonly output: string;
  readonly provenance: Provenance;
}

export interface RepairReport {
  readonly input: string;
  readonly output: string;
  /** What was lost before. */
  readonly colorLoss: ColorLoss;
  /** Pixels whose color is another than before. */
  readonly changed: number;
  /** How the original relates to the visible part; undefined without one. */
  readonly match: OriginalMatch | undefined;
  readonly warnings: readonly string[];
}

/**
 * Writes the image with color under its transparent pixels again: the original's own, or, without an original,
 * the nearest visible one. The file is read back before it takes its name.
 */
export async function repairJob(input: string, options: RepairJobOptions): Promise<RepairReport> {
  const inputs = [input, ...(options.from === undefined ? [] : [options.from])];
  await assertWritable([options.output], { inputs });
  const { content, ...report } = await repair(input, options);
  await writeFiles([{ path: options.output, ...content }], { inputs });
  return { input, output: options.output, ...report };
}

/** The file's content and the report: of the images nothing else stays in memory while the file is written. */
async function repair(input: string, { from, output, provenance }: RepairJobOptions) {
  const image = await decodeImage(input);
  const colorLoss = detectColorLoss(image.raster);
  const original = from === undefined ? undefined : await decodeImage(from);
  const repaired = original === undefined ? undefined : repairFromOriginal(image.raster, original.raster);
  const raster = repaired?.raster ?? bleedColors(image.raster);
  const encoding = {
    format: output === STDIO ? 'png' : formatForPath(output),
    ...metadataOf(image.icc === undefined && original !== undefined ? original : image),
    text: provenanceText(provenance),
  };
  return {
    content: verifiedContent(raster, encoding, output),
    colorLoss,
    changed: repaired?.changed ?? countChanged(image.raster, raster),
    match: repaired?.match,
    warnings: [
      ...image.warnings,
      ...(original?.warnings ?? []),
      ...(image.raster.channels === 3 ? [`${image.name} has no transparency: there was nothing to repair`] : []),
      ...describeMatch(repaired?.match),
      ...(repaired === undefined && colorLoss.hidden > 0
        ? ['without --from the colors are made up: bled inward from the edges, so that nothing wrong shows there']
        : []),
    ],
  };
}

function countChanged(before: Raster, after: Raster): number {
  let changed = 0;
  for (let a = 0, b = 0; a < before.data.length; a += before.channels, b += after.channels) {
    const same = [0, 1, 2].every((c) => before.data[a + c] === after.data[b + c]);
    if (!same) changed++;
  }
  return changed;
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
