import { expect, it } from 'vitest';
import { createHeatmap, createMask, createRaster, type Mask, type Raster } from '../../../../src/raster/index.js';
import { matteByModel } from '../../../../src/sources/matting/matte-by-model.js';

/** A model whose alpha is the red channel; it notes the sizes that it saw. */
function redModel() {
  const sizes: string[] = [];
  const trimaps: Mask[] = [];
  const solve = async (pixels: Raster, trimap: Mask) => {
    sizes.push(`${pixels.width} x ${pixels.height}`);
    trimaps.push(trimap);
    const alpha = Float32Array.from({ length: trimap.data.length }, (_, i) => pixels.data[i * 3]! / 255);
    return createHeatmap(pixels.width, pixels.height, alpha);
  };
  return { solve, sizes, trimaps };
}

const [WIDTH, HEIGHT] = [2500, 80];
const image = createRaster(
  WIDTH,
  HEIGHT,
  3,
  Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * 7) % 256),
);

it('takes over what the model says in the unknown band, in windows of at most 1024 pixels', async () => {
  const trimap = createMask(
    WIDTH,
    HEIGHT,
    Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
      i % WIDTH > 2400 ? 255 : Math.abs((i % WIDTH) - 30 * Math.floor(i / WIDTH)) < 30 ? 90 : 0,
    ),
  );
  const model = redModel();
  const { data } = await matteByModel(image, trimap, model);
  const expected = Uint8Array.from(trimap.data, (value, i) => (value === 90 ? image.data[i * 3]! : value));
  expect(data).toEqual(expected);
  expect(model.sizes).toEqual(['1024 x 80', '1024 x 80', '1024 x 80']);
  expect(model.trimaps.every((part) => part.data.every((value) => [0, 128, 255].includes(value)))).toBe(true);
});

it('works on the surroundings of a small band alone, and asks nothing where nothing is unknown', async () => {
  const trimap = createMask(WIDTH, HEIGHT);
  const model = redModel();
  expect((await matteByModel(image, trimap, model)).data).toEqual(trimap.data);
  expect(model.sizes).toEqual([]);
  trimap.data.fill(128, 40 * WIDTH + 1000, 40 * WIDTH + 1010);
  await matteByModel(image, trimap, model);
  expect(model.sizes).toEqual(['138 x 80']);
});
