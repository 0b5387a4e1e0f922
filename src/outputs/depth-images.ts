import { addNoise } from '../depth/gray/add-noise.js';
import { drawRegions, drawSplits } from '../render/draw-splits.js';
import type { GreySplits } from '../depth/gray/gray-splits.js';
import { type GreyMap, type GreyOptions, mapGreys } from '../depth/gray/map-grays.js';
import { parseColor } from '../engine/color/chroma-key.js';
import { encodeGrey } from '../io/image/encode-gray.js';
import { encodeImage } from '../io/image/encode-image.js';
import type { PngText } from '../io/image/png-chunks.js';
import type { OutputFile } from '../io/files/write-files.js';
import type { DepthMap } from '../raster/index.js';

/** Which pictures are made of a depth map, and how. */
export interface DepthPictureOptions extends GreyOptions {
  /** Also where there is depth: 0 for background, beyond the cutoff and in splits without levels. */
  readonly mask?: boolean | undefined;
  /** Also the splits with a region in the colours of sd-webui-regional-prompter. */
  readonly regions?: boolean | undefined;
  /** Noise where the mask is 0. */
  readonly noise?: boolean | undefined;
  readonly seed?: number | undefined;
}

export type DepthPicture = 'depth' | 'mask' | 'regions' | 'test';

/** The kinds of pictures that `options` ask for. */
export function depthPictureKinds({ mask, regions }: Pick<DepthPictureOptions, 'mask' | 'regions'>): DepthPicture[] {
  return ['depth', ...(mask === true ? (['mask'] as const) : []), ...(regions === true ? (['regions'] as const) : [])];
}

export interface DepthPictures {
  readonly files: readonly OutputFile[];
  readonly greys: GreyMap;
}

/** The grey picture of a depth map, with its mask and regions where they are asked for, encoded. */
export async function makeDepthPictures(
  map: DepthMap,
  splits: GreySplits,
  options: DepthPictureOptions,
  { pathOf, text }: { readonly pathOf: (kind: DepthPicture) => string; readonly text: PngText },
): Promise<DepthPictures> {
  const greys = mapGreys(map, splits, options);
  const drawn = options.noise === true ? addNoise(greys, options.seed ?? 0) : greys;
  const files = await Promise.all([
    encodeGrey(drawn, text).then((data) => ({ path: pathOf('depth'), data })),
    ...(options.mask === true
      ? [encodeImage(greys.inside, { text }).then((data) => ({ path: pathOf('mask'), data }))]
      : []),
    ...(options.regions === true
      ? [encodeImage(drawRegions(map, splits, greys), { text }).then((data) => ({ path: pathOf('regions'), data }))]
      : []),
  ]);
  return { files, greys };
}

/** The grey picture with each split in the colour that its flag `test` names. */
export async function makeTestPicture(
  map: DepthMap,
  splits: GreySplits,
  options: DepthPictureOptions,
  path: string,
): Promise<OutputFile> {
  const greys = mapGreys(map, splits, { ...options, bits: 8 });
  const raster = drawSplits(map, splits, greys, ({ flags }) =>
    flags['test'] === undefined ? undefined : parseColor(flags['test']),
  );
  return { path, data: await encodeImage(raster) };
}
