import { combineMasks, type CombineMode, invertMask, applyMaskOperations, type MaskOperations } from '../engine/index.js';
import { MaskwrightError } from '../errors.js';
import { decodeImage, type DecodedImage } from '../io/image/decode-image.js';
import { encodeImage, formatForPath } from '../io/image/encode-image.js';
import type { PngText } from '../io/image/png/png-chunks.js';
import { STDIO } from '../io/files/read-input.js';
import { type OutputFile, assertWritable, writeFiles } from '../io/files/write-files.js';
import { transferAlpha, type Mask, multiplyAlpha, type Raster, toAlphaPlane } from '../raster/index.js';
import { colorWarnings } from './color-warning.js';
import { measureMask } from './mask-output.js';
import { type NamingOptions, stemOf } from '../io/files/output-names.js';
import { findMasks, type MaskSource, type SourceSettings } from '../sources/sources.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';
import {
  makeTargetFiles,
  type TargetChoice,
  type TargetPaths,
  targetPaths,
  type TargetReport,
} from './target-output.js';
import type { Bounds } from '../raster/index.js';

export interface InpaintJobOptions {
  readonly sources: readonly MaskSource[];
  readonly settings: SourceSettings;
  /** How several sources become one mask. */
  readonly combine: CombineMode;
  readonly shape: MaskOperations;
  /** Percent of visibility left to the selected pixels, 0..99. */
  readonly opacity: number;
  /** The image with its holes; may be left out with a target. */
  readonly output?: string | undefined;
  /** Also write the mask, white = selected. */
  readonly saveMask?: string | undefined;
  /** Also write what a program takes. */
  readonly target?: TargetOutput | undefined;
  readonly provenance: Provenance;
}

/** What was written, and how much of the image is to be painted. */
export interface InpaintResult {
  readonly input: string;
  readonly output?: string | undefined;
  readonly mask?: string | undefined;
  readonly target?: TargetReport | undefined;
  /** Share of the pixels that are to be painted, 0..1. */
  readonly share: number;
  readonly bounds: Bounds | undefined;
  readonly sources: readonly Provenance[];
  readonly warnings: readonly string[];
}

/**
 * Writes the image with its selected pixels transparent and every color kept: the file is read back
 * and compared sample by sample before it takes its name.
 */
export async function inpaintJob(input: string, options: InpaintJobOptions): Promise<InpaintResult> {
  const targetFiles = options.target === undefined ? undefined : pathsOfTarget(input, options.target);
  const outputs = [options.output, options.saveMask, ...Object.values(targetFiles ?? {})];
  const inputs = [input, ...options.sources.flatMap((source) => (source.kind === 'file' ? [source.path] : []))];
  await assertWritable(
    outputs.filter((path) => path !== undefined),
    { inputs },
  );
  const image = await decodeImage(input);
  const found = await findMasks(options.sources, image, options.settings);
  const combined = combineMasks(
    found.map(({ mask }) => mask),
    options.combine,
  );
  const mask = applyMaskOperations(combined, options.shape);
  const holed = eraseAlpha(image.raster, mask, options.opacity);
  const provenanceOf = (): Provenance => ({ ...options.provenance, sources: found.map((item) => item.provenance) });
  const target =
    options.target === undefined || targetFiles === undefined
      ? undefined
      : await makeTargetFiles(image, mask, options.target.choice, { input, paths: targetFiles, provenance: provenanceOf() });
  const { output, saveMask } = options;
  const writing = writeHoled(image, holed, mask, { output, saveMask, inputs, provenanceOf, more: target?.files ?? [] });
  // Measured while the file is being compressed.
  const measured = measureMask(mask);
  await writing;
  return {
    input,
    output,
    mask: saveMask,
    target: target?.report,
    ...measured,
    sources: found.map((item) => ({ label: item.label, ...item.provenance })),
    warnings: [
      ...image.warnings,
      ...colorWarnings(image),
      ...found.flatMap((item) => item.warnings),
      ...(target?.report.warnings ?? []),
    ],
  };
}

/** A target's files and where they go. */
export interface TargetOutput {
  readonly choice: TargetChoice;
  readonly naming: NamingOptions;
  /** The words, for names. */
  readonly text: string;
}

/** The files of a target that `inpaintJob` will write, known without reading anything. */
export function pathsOfTarget(input: string, { choice, naming, text }: TargetOutput): TargetPaths {
  return targetPaths(choice.target, naming, { stem: stemOf(input), text });
}

/** The image with alpha taken away where the mask selects; `opacity` percent of it stays. */
export function eraseAlpha(raster: Raster, mask: Mask, opacity: number): Raster {
  const kept = new Uint8Array(256);
  for (let value = 0; value < 256; value++) {
    kept[value] = Math.round(255 - value * (1 - opacity / 100));
  }
  return multiplyAlpha(raster, mask, kept);
}

/** What `transferImageAlpha` takes, beside the original. */
export interface TransferAlphaOptions {
  /** The image whose transparency counts. */
  readonly holes: string;
  readonly output: string;
  /** Also write the mask, white = transparent. */
  readonly saveMask?: string | undefined;
  /** How it was asked for; kept in the PNG's text. */
  readonly provenance?: Provenance | undefined;
}

/**
 * Joins the colors of the original with the transparency of an edited copy whose colors may be lost, as `-I` and
 * `-M` of the old `dream.py` did. Both are paths of images of one size.
 *
 * Throws `MaskwrightError`: `INPUT_*`, `SIZE_MISMATCH`, `OUTPUT_*`.
 */
export async function transferAlphaJob(original: string, options: TransferAlphaOptions): Promise<InpaintResult> {
  const inputs = [original, options.holes];
  await assertWritable([options.output, ...(options.saveMask === undefined ? [] : [options.saveMask])], { inputs });
  const [image, edited] = await Promise.all([decodeImage(original), decodeImage(options.holes)]);
  const { width, height } = image.raster;
  if (edited.raster.width !== width || edited.raster.height !== height) {
    throw new MaskwrightError(
      'SIZE_MISMATCH',
      `${original} is ${width} x ${height}, ${options.holes} is ${edited.raster.width} x ${edited.raster.height}`,
      { hint: 'both must be the same image at the same size' },
    );
  }
  const joined = transferAlpha(image.raster, edited.raster);
  const mask = invertMask(toAlphaPlane(joined));
  const { output, saveMask, provenance = {} } = options;
  await writeHoled(image, joined, mask, { output, saveMask, inputs, provenanceOf: () => provenance });
  const noHoles = edited.raster.channels === 3 || toAlphaPlane(edited.raster).data.every((alpha) => alpha === 255);
  return {
    input: original,
    output: options.output,
    mask: options.saveMask,
    ...measureMask(mask),
    sources: [{ label: options.holes, transparency: options.holes }],
    warnings: [
      ...image.warnings,
      ...colorWarnings(image),
      ...edited.warnings,
      ...(noHoles ? [`${options.holes} has no transparency: there is nothing to inpaint`] : []),
    ],
  };
}

async function writeHoled(
  image: DecodedImage,
  holed: Raster,
  mask: Mask,
  options: Pick<InpaintJobOptions, 'output' | 'saveMask'> & {
    readonly provenanceOf: () => Provenance;
    readonly inputs: readonly string[];
    readonly more?: readonly OutputFile[];
  },
): Promise<void> {
  const { output } = options;
  const text = (): PngText => provenanceText(options.provenanceOf());
  await writeFiles(
    [
      ...(options.more ?? []),
      ...(output === undefined
        ? []
        : [
            {
              path: output,
              data: await encodeImage(holed, {
                format: output === STDIO ? 'png' : formatForPath(output),
                icc: image.icc,
                text,
              }),
              verify: (temporary: string) => assertEqual(temporary, holed, output),
            },
          ]),
      ...(options.saveMask === undefined
        ? []
        : [
            {
              path: options.saveMask,
              data: await encodeImage(mask, { format: formatForPath(options.saveMask), text }),
            },
          ]),
    ],
    { inputs: options.inputs },
  );
}

/** Throws `OUTPUT_CHECK` unless the file at `path` holds these very samples. `name` is what it will be called. */
export async function assertEqual(path: string, expected: Raster, name: string): Promise<void> {
  const { raster } = await decodeImage(path);
  const same =
    raster.channels === expected.channels &&
    raster.data.length === expected.data.length &&
    Buffer.compare(bytesOf(raster), bytesOf(expected)) === 0;
  if (!same) {
    throw new MaskwrightError('OUTPUT_CHECK', `${name} would not have kept every color; it was not written`, {
      hint: 'this should never happen: please report it with the image',
    });
  }
}

function bytesOf({ data }: Raster): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
