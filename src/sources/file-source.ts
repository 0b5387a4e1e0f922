import { z } from 'zod';
import { invertMask } from '../engine/index.js';
import { companionFile } from '../io/files/companion-file.js';
import { stemOf } from '../io/files/output-names.js';
import { describeInput } from '../io/files/read-input.js';
import { decodeMask } from '../io/image/decode-image.js';
import { warnOfContent } from '../inpaint/check/classify-content.js';
import { MAX_STRETCH } from '../inpaint/targets/fit-size.js';
import { assertSameSize, type Mask, resizeMask, type Size } from '../raster/index.js';
import { readAnnotationMask } from './annotation-file.js';
import { isAnnotationFile, splitSelector } from './annotation-path.js';
import {
  type FoundMask,
  type SourceFields,
  sourceFields,
  type SourceImage,
  type SourceModule,
  type SourceSettings,
} from './source.js';

/** A mask file. */
export interface FileSource extends SourceFields {
  readonly kind: 'file';
  readonly path: string;
}

export const fileSource = {
  schema: ({ path }) =>
    z
      .strictObject({
        kind: z.literal('file'),
        path: path.describe(
          'a mask file, white = selected; a folder of masks named as their images; annotations.json#category, labels.png#3, image.psd#layer',
        ),
        ...sourceFields(),
      })
      .transform((source) => [source]),
  label: ({ path }) => labelOfFile(path),
  files: ({ path }) => [splitSelector(path).path],
  find: (sources, image, settings) => Promise.all(sources.map((source) => readMaskFile(source, image, settings))),
} satisfies SourceModule<FileSource>;

/** `hair` for `masks/hair.png`; the category of `annotations.json#cat`; `labels 3` for `labels.png#3`. */
function labelOfFile(path: string): string {
  const { path: file, selector } = splitSelector(path);
  return selector === undefined ? stemOf(file) : /^\d+$/.test(selector) ? `${stemOf(file)} ${selector}` : selector;
}

/** A mask file's luma, 255 = selected. Throws `SIZE_MISMATCH` unless masks may be resized. */
export async function readMaskFile(
  { path: named, invert }: Pick<FileSource, 'path' | 'invert'>,
  image: Pick<SourceImage, 'name' | 'size' | 'decoded'>,
  settings: Pick<SourceSettings, 'resizeMasks' | 'maskChannel' | 'maskLevels' | 'read'>,
): Promise<FoundMask> {
  if (isAnnotationFile(named)) {
    const file = splitSelector(named);
    const [source, size] = await Promise.all([settings.read(file.path), image.size()]);
    const mask = await readAnnotationMask(file, source, { name: image.name, width: size.width, height: size.height });
    return {
      label: named,
      mask: invert === true ? invertMask(mask) : mask,
      warnings: [],
      provenance: { mask: named },
    };
  }
  const path = await companionFile(named, image.name);
  const [{ mask: decoded, warnings }, size] = await Promise.all([
    settings
      .read(path)
      .then((source) =>
        decodeMask(source, { name: describeInput(path), channel: settings.maskChannel, levels: settings.maskLevels }),
      ),
    image.size(),
  ]);
  if (settings.resizeMasks !== true) {
    const hint = 'use a mask of the same size, or --resize-masks';
    assertSameSize(`the mask ${path}`, decoded, `the image ${image.name}`, size, hint);
  }
  const mask = resizeMask(decoded, size);
  return {
    label: path,
    mask: invert === true ? invertMask(mask) : mask,
    warnings: [
      ...warnings,
      ...(await warnOfKind({ name: path, mask: decoded }, image)),
      ...warnOfShape(path, decoded, image.name, size),
    ],
    provenance: { mask: path },
  };
}

/** Says so where a mask looks like a photograph; the image is looked at only then. */
async function warnOfKind(
  mask: { readonly name: string; readonly mask: Mask },
  image: Pick<SourceImage, 'name' | 'decoded'>,
): Promise<string[]> {
  return warnOfContent(mask).length === 0
    ? []
    : warnOfContent(mask, { name: image.name, raster: (await image.decoded()).raster });
}

/** Says so where a mask is stretched or squeezed: it may belong to the image as it is stored, before it is turned. */
function warnOfShape(path: string, mask: Size, name: string, image: Size): string[] {
  const stretch = (mask.width * image.height) / (mask.height * image.width);
  if (Math.abs(stretch - 1) <= MAX_STRETCH) {
    return [];
  }
  const turned = (mask.height * image.height) / (mask.width * image.width);
  return [
    `the mask ${path} is ${mask.width} x ${mask.height} and ${name} is ${image.width} x ${image.height}: its shape changes` +
      (Math.abs(turned - 1) <= MAX_STRETCH ? '; it seems to need turning by 90 degrees, as the image was' : ''),
  ];
}
