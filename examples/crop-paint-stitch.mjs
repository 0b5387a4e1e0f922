// A round trip: crop a thing with its surroundings at the size a model works at, have it painted, and put it
// back, so that outside the mask no byte of the image changes. There is no diffusion model here: paintBaseball
// stands in for one, and like one it returns the whole crop with slightly drifted colors.
//
// Run it from this folder:  node crop-paint-stitch.mjs still-life.png final.png [mask.png]
// On the command line:      maskwright crop still-life.png -tm orange --model tiny --size 512 --aspect 1:1 \
//                              --sampler-grow 12 --stitch-feather 5
//                           (paint outputs/still-life.crop.png through outputs/still-life.crop.mask.png)
//                           maskwright stitch painted.png --job outputs/still-life.crop.json -o final.png --match-color
import { writeFile } from 'node:fs/promises';
import {
  createRaster,
  cutWindow,
  decodeImage,
  decodeMask,
  encodeImage,
  findInImage,
  maskBounds,
  planMaskCrop,
  resizeRaster,
  stitchWindow,
} from 'maskwright';

const [photo = 'still-life.png', output = 'final.png', maskFile] = process.argv.slice(2);

const { raster: image } = await decodeImage(photo);
const found =
  maskFile === undefined
    ? (await findInImage(photo, 'orange', { model: 'tiny' }))[0].mask
    : (await decodeMask(maskFile)).mask;

// Two masks: the painter paints a little more than goes back, so that the seam, outside the selection, is painted too.
const plan = planMaskCrop(found, image, {
  context: 1.5,
  size: 512,
  multipleOf: 64,
  aspects: [1],
  samplerGrowPx: 12,
  growPx: 0,
  featherPx: 5,
});
const crop = resizeRaster(cutWindow(image, plan.window), plan.size);

const painted = paintBaseball(crop, plan.samplerWindow);

const { raster: final } = stitchWindow(image, painted, plan.window, plan.stitchWindow, { matchColor: true });
await writeFile(output, await encodeImage(final));
console.log(`${output}: painted at ${plan.size.width} x ${plan.size.height}, back in`, plan.window);

/** A shaded ball with two red seams where the mask selects; everywhere else the crop, as a model's decoder would return it. */
function paintBaseball(crop, mask) {
  const { x, y, width, height } = maskBounds(mask);
  const data = new Uint8Array(crop.width * crop.height * 3);
  for (let i = 0; i < crop.width * crop.height; i++) {
    // From -1 to 1 across the ball.
    const u = (2 * ((i % crop.width) - x)) / width - 1;
    const v = (2 * (Math.floor(i / crop.width) - y)) / height - 1;
    const light = Math.max(0.3, 1.12 - 0.22 * Math.hypot(u + 0.45, v + 0.5) - 0.22 * (u * u + v * v));
    const onSeam = Math.abs(Math.hypot(Math.abs(u) - 1.35, v) - 0.95) < 0.03;
    const ball = onSeam ? [200, 50, 45] : [245, 240, 228];
    const coverage = mask.data[i] / 255;
    for (let c = 0; c < 3; c++) {
      const drifted = crop.data[i * crop.channels + c] * 0.96 + 6;
      data[i * 3 + c] = drifted * (1 - coverage) + ball[c] * light * coverage;
    }
  }
  return createRaster(crop.width, crop.height, 3, data);
}
