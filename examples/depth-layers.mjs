// Cut an image into layers by its depth, fill what nearer layers hide, and draw the layers side by side.
// Run it from this folder:  node depth-layers.mjs still-life.png still-life.exr still-life.layers.png
import { writeFile } from 'node:fs/promises';
import {
  buildLayers,
  compositeRasters,
  createRaster,
  decodeDepth,
  decodeImage,
  encodeImage,
  normalizeDepth,
  resizeRaster,
  sliceDepth,
  sortDepths,
  splitDepth,
} from 'maskwright';

const [image = 'still-life.png', depthFile = 'still-life.exr', output = 'still-life.layers.png'] =
  process.argv.slice(2);

const { raster } = await decodeImage(image);
const depth = normalizeDepth((await decodeDepth(depthFile)).map);
const bands = sliceDepth(depth, splitDepth(sortDepths(depth), { kind: 'kmeans', layers: 4 }));

// One layer at a time, from the nearest to the farthest.
const tiles = [];
for (const layer of buildLayers(raster, bands, { featherPx: 3, fill: 'push-pull' })) {
  tiles[layer.index] = tile(layer.raster);
}
await writeFile(output, await encodeImage(sideBySide(tiles)));
console.log(`${output}: ${tiles.length} layers, the farthest first`);

/** A layer at a third of its size, over a checkerboard. */
function tile({ width, height, ...rest }) {
  const size = { width: Math.round(width / 3), height: Math.round(height / 3) };
  const board = createRaster(size.width, size.height, 3);
  for (let i = 0; i < size.width * size.height; i++) {
    const dark = (((i % size.width) >> 4) + (Math.floor(i / size.width) >> 4)) % 2 === 0;
    board.data.fill(dark ? 96 : 128, i * 3, i * 3 + 3);
  }
  return compositeRasters(board, resizeRaster({ width, height, ...rest }, size));
}

/** Two tiles in a row. */
function sideBySide(tiles) {
  const [{ width, height }] = tiles;
  const sheet = createRaster(width * 2, height * Math.ceil(tiles.length / 2), 3);
  for (const [index, { data, channels }] of tiles.entries()) {
    for (let i = 0; i < width * height; i++) {
      const x = (index % 2) * width + (i % width);
      const y = (index >> 1) * height + Math.floor(i / width);
      sheet.data.set(data.subarray(i * channels, i * channels + 3), (y * sheet.width + x) * 3);
    }
  }
  return sheet;
}
