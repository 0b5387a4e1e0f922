import { z } from 'zod';
import { invertMask } from '../engine/index.js';
import { decodeMask } from '../io/image/decode-image.js';
import { assertSameSize, resizeMask } from '../raster/index.js';
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
        path: path.describe('a mask file, white = selected'),
        ...sourceFields(),
      })
      .transform((source) => [source]),
  label: ({ path }) => path,
  files: ({ path }) => [path],
  find: (sources, image, settings) => Promise.all(sources.map((source) => readMaskFile(source, image, settings))),
} satisfies SourceModule<FileSource>;

/** A mask file's luma, 255 = selected. Throws `SIZE_MISMATCH` unless masks may be resized. */
export async function readMaskFile(
  { path, invert }: Pick<FileSource, 'path' | 'invert'>,
  image: Pick<SourceImage, 'name' | 'size'>,
  settings: Pick<SourceSettings, 'resizeMasks' | 'read'>,
): Promise<FoundMask> {
  const [{ mask: decoded, warnings }, size] = await Promise.all([
    settings.read(path).then((source) => decodeMask(source)),
    image.size(),
  ]);
  if (settings.resizeMasks !== true) {
    const hint = 'use a mask of the same size, or --resize-masks';
    assertSameSize(`the mask ${path}`, decoded, `the image ${image.name}`, size, hint);
  }
  const mask = resizeMask(decoded, size);
  return { label: path, mask: invert === true ? invertMask(mask) : mask, warnings, provenance: { mask: path } };
}
