import { addNoise } from '../../depth/gray/add-noise.js';
import { drawSplits } from '../../render/draw-splits.js';
import { regionColor } from '../../render/region-colors.js';
import { type GraySplits, regionOf } from '../../depth/gray/gray-splits.js';
import { type GrayMap, type GrayOptions, mapGrays } from '../../depth/gray/map-grays.js';
import { parseColor } from '../../engine/color/chroma-key.js';
import { grayContent, imageContent } from '../../io/image/image-content.js';
import type { PngText } from '../../io/image/png/png-chunks.js';
import type { OutputFile } from '../../io/files/write-files.js';
import type { DepthMap, Raster } from '../../raster/index.js';

/** Which images are written of a depth map, and how. */
export interface DepthImageOptions extends GrayOptions {
  /** Also where there is depth: 0 for background, beyond the cutoff and in splits without levels. */
  readonly mask?: boolean | undefined;
  /** Also the splits with a region in the colors of sd-webui-regional-prompter. */
  readonly regions?: boolean | undefined;
  /** Noise where the mask is 0. */
  readonly noise?: boolean | undefined;
  readonly seed?: number | undefined;
}

export type DepthImage = 'depth' | 'mask' | 'regions' | 'test';

/** The kinds of images that `options` ask for. */
export function depthImageKinds({ mask, regions }: Pick<DepthImageOptions, 'mask' | 'regions'>): DepthImage[] {
  return ['depth', ...(mask === true ? (['mask'] as const) : []), ...(regions === true ? (['regions'] as const) : [])];
}

export interface DepthImages {
  readonly files: readonly OutputFile[];
  readonly grays: GrayMap;
}

/** The gray image of a depth map, its mask and its regions where `options` ask for them; encoded as they are written. */
export function makeDepthImages(
  map: DepthMap,
  splits: GraySplits,
  options: DepthImageOptions,
  { pathOf, text }: { readonly pathOf: (kind: DepthImage) => string; readonly text: PngText },
): DepthImages {
  const grays = mapGrays(map, splits, options);
  const drawn = options.noise === true ? addNoise(grays, options.seed ?? 0) : grays;
  const files = [
    { path: pathOf('depth'), ...grayContent(drawn, text) },
    ...(options.mask === true ? [{ path: pathOf('mask'), ...imageContent(grays.inside, { text }) }] : []),
    ...(options.regions === true
      ? [{ path: pathOf('regions'), ...imageContent(() => drawRegions(map, splits, grays), { text }) }]
      : []),
  ];
  return { files, grays };
}

/** The gray image with each split that has a region in that region's color. */
export function drawRegions(map: DepthMap, splits: GraySplits, grays: GrayMap): Raster {
  return drawSplits(map, splits, grays, (split) => {
    const region = regionOf(split);
    return region < 0 ? undefined : regionColor(region);
  });
}

/** The gray image with each split in the color that its flag `test` names. */
export function makeTestImage(map: DepthMap, splits: GraySplits, options: DepthImageOptions, path: string): OutputFile {
  const grays = mapGrays(map, splits, { ...options, bits: 8 });
  const raster = drawSplits(map, splits, grays, ({ flags }) =>
    flags['test'] === undefined ? undefined : parseColor(flags['test']),
  );
  return { path, ...imageContent(raster, {}) };
}
