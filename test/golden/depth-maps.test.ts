import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { drawRegions } from '../../src/outputs/depth/depth-images.js';
import { initialSplits } from '../../src/depth/gray/gray-splits.js';
import { histogramLines, makeHistogram } from '../../src/depth/histogram.js';
import { mapGrays } from '../../src/depth/gray/map-grays.js';
import { depthRange } from '../../src/depth/normalize-depth.js';
import { decodeDepth } from '../../src/io/depth/decode-depth.js';

/** What daz_depthmap_processor wrote for generated maps, by the arguments it was called with. */
const CASES = [
  'ramp-compress',
  'ramp-mask',
  'ramp-plain',
  'rand-compress',
  'rand-plain',
  'rand-regions',
  'single-plain',
  'ties-compress',
  'ties-mask',
  'ties-plain',
  'tiny-plain',
  'two-plain',
];

describe('depth maps against daz_depthmap_processor', () => {
  it.each(CASES)('%s gives the same grays', async (name) => {
    const compress = readText(name, 'args.txt').includes('--compress_map');
    const { map } = await decodeDepth(pathOf(name, 'in.exr'));
    const splits = initialSplits(depthRange(map)!);
    const grays = mapGrays(map, splits, { compress });
    expectPixels(grays.data, 1, pathOf(name, 'in.depth.png'));
    // Nothing in these maps is background, and nothing was cut off: the mask is white throughout, where the
    // original leaves out what happens to have the largest level.
    expect(grays.inside.data.every((value) => value === 255)).toBe(true);
  });

  it('rand-regions leaves a split without region gray', async () => {
    const { map } = await decodeDepth(pathOf('rand-regions', 'in.exr'));
    const splits = initialSplits(depthRange(map)!);
    const { data } = drawRegions(map, splits, mapGrays(map, splits));
    expectPixels(data, 3, pathOf('rand-regions', 'in.regions.png'));
  });

  it('ramp-histo prints the same lines', async () => {
    const { map } = await decodeDepth(pathOf('ramp-histo', 'in.exr'));
    const lines = readText('ramp-histo', 'stdout.txt')
      .split('\n')
      .filter((line) => line.startsWith('** - '));
    expect(lines).toHaveLength(20);
    expect(histogramLines(makeHistogram(map.data, depthRange(map)!))).toEqual(lines);
  });
});

function expectPixels(actual: ArrayLike<number>, channels: 1 | 3, path: string): void {
  const png = PNG.sync.read(readFileSync(path));
  expect(actual).toHaveLength(png.width * png.height * channels);
  for (let i = 0; i < actual.length; i++) {
    const expected = png.data[Math.floor(i / channels) * 4 + (i % channels)];
    if (actual[i] !== expected) {
      expect.fail(`sample ${i} is ${actual[i]}, expected ${expected}`);
    }
  }
}

function readText(name: string, file: string): string {
  return readFileSync(pathOf(name, file), 'utf8');
}

function pathOf(name: string, file: string): string {
  return fileURLToPath(new URL(`../fixtures/depth/${name}/${file}`, import.meta.url));
}
