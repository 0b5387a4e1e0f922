// Depth layers of 12 megapixels, beside nothing but decoding and encoding.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { buildLayers } from '../../../dist/depth/layers/layers-build.js';
import { gradientDepth } from '../../../dist/depth/normalize-depth.js';
import { sliceDepth } from '../../../dist/depth/layers/slice-depth.js';
import { sortDepths, splitDepth } from '../../../dist/depth/layers/split-depth.js';
import { decodeImage } from '../../../dist/io/image/decode-image.js';
import { encodeImage } from '../../../dist/io/image/encode-image.js';
import { createPipeline } from '../../../dist/run/pipeline.js';
import { compare, median, timed } from '../measure.mjs';

export const title = 'Depth layers: 12 MP, 4 layers, feather 5, no model';
export const peer = "decode + 4 of sharp's encodes";

/** As sharp writes a PNG with filters chosen for each row. */
const encodeBySharp = ({ width, height, channels, data }) =>
  sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 6, adaptiveFiltering: true }).toBuffer();

export async function measure({ quick, folder }) {
  const [width, height] = quick ? [1000, 750] : [4000, 3000];
  const featherPx = 5;
  const input = join(folder, 'photo.png');
  const image = photo(width, height);
  writeFileSync(input, await encodeImage(image));
  const split = { kind: 'quantile', layers: 4 };
  const depth = gradientDepth(width, height);
  const bands = sliceDepth(depth, splitDepth(sortDepths(depth), split));
  const rasters = [...buildLayers(image, bands, { featherPx })].map(({ raster }) => raster);
  const bare = async () => {
    await decodeImage(input);
    await Promise.all(rasters.map(encodeBySharp));
  };
  const outdir = join(folder, 'layers');
  const recipe = { outputs: [{ kind: 'layers', layers: 4, feather: featherPx, clear: true }], outdir };
  const ours = async () => {
    const pipeline = createPipeline(recipe);
    await pipeline.runTask(input);
    await pipeline.close();
  };
  const times = { bare: [], ours: [] };
  for (let round = 0; round < (quick ? 1 : 4); round++) {
    times.bare.push((await timed(bare)).wall);
    times.ours.push((await timed(ours)).wall);
  }
  return { rows: [compare('wall', 's', median(times.ours), median(times.bare), { most: 0.75 })] };
}

/** Soft shapes with the noise of a camera. */
function photo(width, height, seed = 1) {
  const data = new Uint8Array(width * height * 3);
  let state = seed;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const wave = Math.sin(x / 90 + seed) * Math.cos(y / 70) + Math.sin((x + y) / 210);
      for (let c = 0; c < 3; c++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        data[i + c] = 128 + 50 * wave + 20 * c - 20 + (state >>> 29);
      }
    }
  }
  return { kind: 'raster', width, height, channels: 3, data };
}
