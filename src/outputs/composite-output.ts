import { z } from 'zod';
import {
  BLEND_MODES,
  combineMasks,
  type CombineMode,
  type CompositeOptions,
  compositeRasters,
  type Coverage,
  coverageToMask,
  isEmptyMaskOperations,
  meanCoverage,
  normalizeMask,
  normalizeLut,
  assertNormalizeLevel,
  applyMaskOperations,
  type MaskOperations,
} from '../engine/index.js';
import { colorWarnings } from './color-warning.js';
import { MaskwrightError } from '../errors.js';
import { type DecodedImage, decodeImage, type ImageSource } from '../io/image/decode-image.js';
import { encodeInPieces, formatForPath, type OutputFormat } from '../io/image/encode-image.js';
import { STDIO } from '../io/files/read-input.js';
import { type OutputFile, assertWritable, writeFiles } from '../io/files/write-files.js';
import { type Mask, type Raster, resizeRaster, type Size } from '../raster/index.js';
import { COMPOSITE_JOB_DEFAULTS } from './composite-defaults.js';
import { readMaskFile } from '../sources/file-source.js';
import { flag, number } from '../sources/schema-fields.js';
import type { FoundMask, SourceImage, SourceSettings } from '../sources/source.js';
import { filesOf, type MaskSource } from '../sources/sources.js';
import { encodeOutput } from './encode-output.js';
import { type OutputFields, outputFields, type OutputModule } from './output.js';
import { outputPath } from './output-path.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';

/** A mask file, or the bytes of one. */
export interface CompositeMask {
  readonly image: ImageSource;
  readonly invert?: boolean | undefined;
}

export interface CompositeJobOptions extends Pick<CompositeOptions, 'blend' | 'alpha'> {
  readonly background: ImageSource;
  readonly overlay: ImageSource;
  readonly masks: readonly CompositeMask[];
  /** Phrases, channels, colors and depth ranges that are masks too. */
  readonly sources?: readonly Exclude<MaskSource, { kind: 'file' }>[] | undefined;
  /** The image in which they are looked for: one of the two, or a third of their size. */
  readonly textFrom?: 'background' | 'overlay' | { readonly image: ImageSource } | undefined;
  /** Needed for `sources`. */
  readonly settings?: SourceSettings | undefined;
  /** Default `mean`. */
  readonly combine?: CombineMode | undefined;
  /** Done to the masks together, but for `normalize`, which is done to each by itself. */
  readonly shape?: MaskOperations | undefined;
  /** 0..1, default 1; without any mask the overlay is half there, times this. */
  readonly opacity?: number | undefined;
  readonly resizeMasks?: boolean | undefined;
  readonly resizeOverlay?: boolean | undefined;
  /** A path, `-` for standard output; without, the PNG is in the result. */
  readonly output?: string | undefined;
  readonly saveMask?: string | undefined;
  /** Larger files, sooner written. */
  readonly fast?: boolean | undefined;
  readonly provenance: Provenance;
}

/** What a composite wrote, and through which masks. */
export interface CompositeResult {
  readonly output: string | undefined;
  /** The encoded image, where no output was named. */
  readonly data: Uint8Array | undefined;
  readonly mask: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly bitDepth: 8 | 16;
  /** Mean coverage of the overlay, 0..1, opacity left out. */
  readonly share: number;
  /** What the masks were, in the order in which they were combined. */
  readonly masks: readonly string[];
  readonly warnings: readonly string[];
}

/** How much of the overlay shows where there is no mask at all. */
const WITHOUT_MASKS = 0.5;

/**
 * Lays the overlay on the background through masks: as maskilayer does it where nothing else is asked for, but
 * rounded instead of cut off. Each mask is normalized, they are averaged (or combined otherwise), shaped, and
 * decide how much of the overlay there is.
 *
 * Throws `SIZE_MISMATCH` for images or masks of different sizes that are not to be resized, `OPTION_RANGE`,
 * `INPUT_*`, `MODEL_*` and `OUTPUT_*`.
 */
export async function compositeJob(options: CompositeJobOptions): Promise<CompositeResult> {
  const { output, saveMask, sources = [] } = options;
  assertNormalizeLevel(options.shape?.normalize ?? 0);
  const formats = [output, saveMask].map((path) => (path === undefined ? 'png' : formatOf(path)));
  const inputs = [options.background, options.overlay, ...options.masks.map(({ image }) => image)].filter(
    (source) => typeof source === 'string',
  );
  const protectedInputs = [...inputs, ...filesOf(sources)];
  await assertWritable(
    [output, saveMask].filter((path) => path !== undefined),
    { inputs: protectedInputs },
  );
  const { raster, mask, provenance, icc, ...facts } = await mixImages(options);
  const text = provenanceText({ ...options.provenance, sources: provenance });
  const effort = options.fast === true ? 'fast' : 'small';
  const [data, maskData] = await Promise.all([
    encodeInPieces(raster, { format: formats[0], icc, text, effort }),
    mask === undefined ? undefined : encodeInPieces(mask, { format: formats[1], text, effort }),
  ]);
  const outputs: OutputFile[] = [];
  if (output !== undefined) {
    outputs.push({ path: output, data });
  }
  if (saveMask !== undefined && maskData !== undefined) {
    outputs.push({ path: saveMask, data: maskData });
  }
  await writeFiles(outputs, { inputs: protectedInputs });
  return {
    output,
    data: output === undefined ? Buffer.concat(data) : undefined,
    mask: saveMask,
    width: raster.width,
    height: raster.height,
    channels: raster.channels,
    bitDepth: raster.data instanceof Uint16Array ? 16 : 8,
    ...facts,
  };
}

/** What is left of the images once they are mixed: all else can go before the result is encoded. */
interface Mixed extends Pick<CompositeResult, 'share' | 'masks' | 'warnings'> {
  readonly raster: Raster;
  /** Where it is to be saved. */
  readonly mask: Mask | undefined;
  readonly icc: Uint8Array | undefined;
  readonly provenance: readonly Provenance[];
}

async function mixImages(options: CompositeJobOptions): Promise<Mixed> {
  const { sources = [], shape = {}, opacity = COMPOSITE_JOB_DEFAULTS.opacity, resizeMasks, saveMask } = options;
  const decode = async (source: ImageSource): Promise<DecodedImage> => {
    const image = await decodeImage(source);
    // The encoded file may be as large as a mask, and only sources look at it.
    return sources.length === 0 ? { ...image, bytes: new Uint8Array() } : image;
  };
  const decoding = decode(options.background);
  const [background, overlay, ...files] = await Promise.all([
    decoding,
    decode(options.overlay),
    ...options.masks.map(({ image, invert }) =>
      readMaskFile(
        { path: typeof image === 'string' ? image : 'buffer', invert },
        {
          name: typeof options.background === 'string' ? options.background : 'buffer',
          size: async () => (await decoding).raster,
        },
        { resizeMasks, read: async () => image },
      ),
    ),
  ]);
  const fitted = fitOverlay(background, overlay, options.resizeOverlay === true);
  const found = [...files, ...(await findSources(sources, background, overlay, options))];
  const cover = found.length === 0 ? undefined : coverOf(found, options.combine, shape);
  const raster = compositeRasters(background.raster, fitted, {
    mask: cover,
    opacity: found.length === 0 ? opacity * WITHOUT_MASKS : opacity,
    blend: options.blend,
    alpha: options.alpha,
  });
  return {
    raster,
    mask: saveMask === undefined ? undefined : maskOf(cover, raster),
    icc: background.icc,
    provenance: found.map((item) => item.provenance),
    share: cover === undefined ? WITHOUT_MASKS : meanShare(cover),
    masks: found.map(({ label }) => label),
    warnings: [
      ...background.warnings,
      ...colorWarnings(background),
      ...overlay.warnings,
      ...found.flatMap(({ warnings }) => warnings),
      ...profileWarnings(background, overlay),
    ],
  };
}

function formatOf(path: string): OutputFormat {
  return path === STDIO ? 'png' : formatForPath(path);
}

function fitOverlay(background: DecodedImage, overlay: DecodedImage, resize: boolean): DecodedImage['raster'] {
  const { width, height } = background.raster;
  if (overlay.raster.width === width && overlay.raster.height === height) {
    return overlay.raster;
  }
  if (!resize) {
    throw new MaskwrightError(
      'SIZE_MISMATCH',
      `the overlay ${overlay.name} is ${overlay.raster.width} x ${overlay.raster.height}, ` +
        `the background ${background.name} is ${width} x ${height}`,
      { hint: 'use images of the same size, or --resize-overlay' },
    );
  }
  return resizeRaster(overlay.raster, background.raster);
}

async function findSources(
  sources: readonly MaskSource[],
  background: DecodedImage,
  overlay: DecodedImage,
  { textFrom = COMPOSITE_JOB_DEFAULTS.textFrom, settings }: CompositeJobOptions,
): Promise<FoundMask[]> {
  if (sources.length === 0) {
    return [];
  }
  if (settings === undefined) {
    throw new TypeError('sources need settings to be looked for with');
  }
  const image =
    textFrom === 'background' ? background : textFrom === 'overlay' ? overlay : await decodeImage(textFrom.image);
  const { width, height } = background.raster;
  if (image.raster.width !== width || image.raster.height !== height) {
    throw new MaskwrightError(
      'SIZE_MISMATCH',
      `masks are looked for in ${image.name}, ${image.raster.width} x ${image.raster.height}, ` +
        `but the background ${background.name} is ${width} x ${height}`,
      { hint: 'look for them in an image of the same size' },
    );
  }
  // Every kind of source hangs on it: a composite of files alone starts without.
  const { findMasks } = await import('../sources/sources.js');
  const found: SourceImage = { name: image.name, size: async () => image.raster, decoded: async () => image };
  return findMasks(sources, found, settings);
}

/** The masks as one. Where they are only averaged, nothing is rounded to 256 levels on the way. */
function coverOf(
  found: readonly FoundMask[],
  combine: CombineMode = COMPOSITE_JOB_DEFAULTS.combine,
  { normalize = 0, ...shape }: MaskOperations,
): Mask | Coverage {
  if (combine === 'mean' && isEmptyMaskOperations(shape)) {
    return meanCoverage(found.map(({ mask }) => ({ mask, table: normalizeLut(mask, normalize) })));
  }
  const normalized = found.map(({ mask }) => normalizeMask(mask, normalize));
  return applyMaskOperations(combineMasks(normalized, combine), shape);
}

function maskOf(cover: Mask | Coverage | undefined, { width, height }: Size): Mask {
  if (cover === undefined) {
    const data = new Uint8Array(width * height).fill(Math.round(WITHOUT_MASKS * 255));
    return { kind: 'mask', width, height, data };
  }
  return cover.kind === 'mask' ? cover : coverageToMask(cover);
}

function meanShare({ kind, data }: Mask | Coverage): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    sum += data[i]!;
  }
  return sum / data.length / (kind === 'mask' ? 255 : 32768);
}

function profileWarnings(background: DecodedImage, overlay: DecodedImage): string[] {
  const [one, other] = [background.icc, overlay.icc];
  const same = one === undefined || other === undefined ? one === other : Buffer.compare(one, other) === 0;
  return same
    ? []
    : [`${background.name} and ${overlay.name} have different color profiles; values are mixed as they are stored`];
}

/** Another image laid over this one through the mask. */
export interface CompositeOutput extends OutputFields, Pick<CompositeOptions, 'blend'> {
  readonly kind: 'composite';
  readonly overlay: string;
  readonly opacity: number;
  readonly fast: boolean;
}

export const compositeOutput = {
  needsMask: true,
  schema: (fields) =>
    z
      .strictObject({
        kind: z.literal('composite'),
        ...outputFields('{stem}.composite.{ext}', fields),
        overlay: fields.path.describe('the image that is laid over this one where the mask selects'),
        blend: z.enum(BLEND_MODES).default('normal').describe("how the overlay's color acts on the background's"),
        opacity: number(0, 1).default(1).describe('of the overlay'),
        fast: flag().default(false).describe('larger files, sooner written'),
      })
      .describe('another image laid over this one through the mask'),
  reads: ({ overlay }) => [overlay],
  plan: (output, naming) => [{ kind: 'composite', path: outputPath(output, naming, { kind: 'composite' }) }],
  render: async (output, task, [file]) => {
    const { overlay, blend, opacity } = output;
    const [image, mask, { raster }] = await Promise.all([task.image(), task.mask(), task.open(overlay)]);
    const composed = compositeRasters(image.raster, raster, { mask, blend, opacity });
    const rendered = await encodeOutput(file!, composed, { icc: image.icc, provenance: task.provenance({ overlay }) });
    return { files: [rendered], report: { output: file!.path } };
  },
} satisfies OutputModule<CompositeOutput>;
