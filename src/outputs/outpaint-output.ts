import { MaskwrightError } from '../errors.js';
import { extendCanvas, type ExtendCanvasOptions, type Margins } from '../inpaint/crop/extend-canvas.js';
import { decodeImage } from '../io/image/decode-image.js';
import { encodeImage } from '../io/image/encode-image.js';
import { assertWritable, writeFiles } from '../io/files/write-files.js';
import type { Size } from '../raster/index.js';
import { colorWarnings } from './color-warning.js';
import { type NamingOptions, outputPath, stemOf } from '../io/files/output-names.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';
import { makeTargetFiles, type TargetChoice, targetPaths, type TargetReport } from './target-output.js';

export interface OutpaintJobOptions extends ExtendCanvasOptions {
  /** Per side a number of pixels, or percent of the image's width (left, right) or height (top, bottom): `10%`. */
  readonly margins: Readonly<Record<keyof Margins, string>>;
  readonly target?: TargetChoice | undefined;
  readonly naming: NamingOptions;
  readonly provenance: Provenance;
}

export interface OutpaintReport extends Size {
  readonly input: string;
  /** The extended image and its mask, 255 = paint. */
  readonly files: { readonly image: string; readonly mask: string };
  readonly margins: Margins;
  readonly target: TargetReport | undefined;
  readonly warnings: readonly string[];
}

/**
 * Writes an image on a larger canvas with its edges continued, the mask of what is new, and, for a target, the
 * files that it takes. A target's result is stitched into the extended image.
 */
export async function outpaintJob(input: string, options: OutpaintJobOptions): Promise<OutpaintReport> {
  const names = { stem: stemOf(input), text: 'outpaint' };
  const files = outpaintPaths(input, options);
  const paths = options.target === undefined ? undefined : targetPaths(options.target.target, options.naming, names);
  await assertWritable([...Object.values(files), ...Object.values(paths ?? {})], { inputs: [input] });
  const image = await decodeImage(input);
  const margins = measureMargins(options.margins, image.raster);
  const { raster, mask } = extendCanvas(image.raster, margins, options);
  const text = provenanceText({ ...options.provenance, margins });
  const data = await encodeImage(raster, { icc: image.icc, text });
  const extended = { ...image, raster, bytes: data };
  const made =
    options.target === undefined || paths === undefined
      ? undefined
      : await makeTargetFiles(extended, mask, options.target, {
          input: files.image,
          paths,
          provenance: options.provenance,
          outpainting: true,
        });
  await writeFiles(
    [
      { path: files.image, data },
      { path: files.mask, data: await encodeImage(mask, { text }) },
      ...(made?.files ?? []),
    ],
    { inputs: [input] },
  );
  return {
    input,
    files,
    margins,
    width: raster.width,
    height: raster.height,
    target: made?.report,
    warnings: [...image.warnings, ...colorWarnings(image)],
  };
}

/** The files that `outpaintJob` always writes. */
export function outpaintPaths(input: string, { naming }: Pick<OutpaintJobOptions, 'naming'>): OutpaintReport['files'] {
  const pathOf = (kind: string): string =>
    outputPath(naming, { stem: stemOf(input), text: 'outpaint', kind, ext: 'png' });
  return { image: pathOf('extended'), mask: pathOf('mask') };
}

function measureMargins(margins: OutpaintJobOptions['margins'], { width, height }: Size): Margins {
  return {
    left: measure('--left', margins.left, width),
    top: measure('--top', margins.top, height),
    right: measure('--right', margins.right, width),
    bottom: measure('--bottom', margins.bottom, height),
  };
}

function measure(option: string, text: string, side: number): number {
  const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*(px|%)?\s*$/.exec(text) ?? [];
  if (digits === undefined) {
    throw new MaskwrightError('OPTION_RANGE', `${option} is ${JSON.stringify(text)}, which is not a length`, {
      hint: "pixels (256 or 256px), or percent of the image's side (10%)",
    });
  }
  return Math.round(unit === '%' ? (Number(digits) / 100) * side : Number(digits));
}
