import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/image/decode-image.js';
import { flatten, type Raster, resizeAsPillow } from '../../src/raster/index.js';

const FIXTURES = 'test/fixtures/pillow-resize';

async function load(name: string): Promise<Raster> {
  return flatten((await decodeImage(`${FIXTURES}/${name}.png`)).raster);
}

describe('resizing as Pillow', () => {
  it.each([
    [24, 24],
    [61, 20],
    [17, 43],
    [100, 90],
    [40, 60],
    [1, 1],
    [55, 8],
    [90, 30],
  ])('gives its bytes at %i x %i', async (width, height) => {
    const source = await load('source');
    expect(resizeAsPillow(source, { width, height })).toEqual(await load(`${width}x${height}`));
    expect(resizeAsPillow(source, { width, height }, 'bicubic')).toEqual(await load(`${width}x${height}.bicubic`));
  });
});
