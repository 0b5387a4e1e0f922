// Peak memory of whole commands, in bytes a pixel beyond 100 MB, beside what their decoded inputs, one mask and one output take.
import { join } from 'node:path';
import sharp from 'sharp';
import { drawImage, sizeOf } from '../draw-image.mjs';
import { figure, runProgram } from '../measure.mjs';

export const title = 'Peak memory: bytes a pixel beyond 100 MB';
export const peer = undefined;

/** Node, sharp and the program take this; a network of full size is not used. */
const BASE_MB = 100;

/** Decoded inputs, one mask and one output: bytes a pixel. An RGB image has 3, with alpha 4, a mask 1. */
const COMMANDS = {
  mask: [
    3 + 1 + 3,
    ({ image, out }) => ['mask', image, '-p', 'orange', '--model', 'tiny', '--no-cache', '--outdir', out],
  ],
  inpaint: [3 + 1 + 4, ({ image, mask, out }) => ['inpaint', image, '-m', mask, '-o', join(out, 'i.png')]],
  composite: [
    3 + 3 + 1 + 3,
    ({ image, over, mask, out }) => ['composite', '-b', image, '-c', over, '-m', mask, '-o', join(out, 'c.png')],
  ],
  check: [4 + 1, ({ out }) => ['check', join(out, 'i.png')]],
  crop: [3 + 1, ({ image, small, out }) => ['crop', image, small, '--outdir', out]],
  stitch: [
    3 + 1 + 3,
    ({ crop, out }) => ['stitch', `${crop}.png`, '--manifest', `${crop}.json`, '-o', join(out, 's.png')],
  ],
  channel: [3 + 1, ({ image, out }) => ['channel', image, '-c', 'hsv.s', '-o', join(out, 'h.png')]],
  edit: [1 + 1, ({ mask, out }) => ['edit', mask, '--grow', '8', '--feather', '4', '-o', join(out, 'e.png')]],
};

/** `MASKWRIGHT_BENCH_SIZES=200,268` and `MASKWRIGHT_BENCH_COMMANDS=crop,stitch` measure other sizes, and a part. */
const chosen = (name, all) => process.env[name]?.split(',') ?? all;

export async function measure({ quick, folder }) {
  const rows = [];
  for (const megapixels of chosen('MASKWRIGHT_BENCH_SIZES', quick ? [1] : [12, 48, 100]).map(Number)) {
    const at = (name) => join(folder, `${megapixels}-${name}`);
    const size = megapixels === 268 ? { width: 16_384, height: 16_384 } : sizeOf(megapixels);
    const files = {
      image: at('image.jpg'),
      over: at('over.jpg'),
      mask: at('mask.png'),
      small: at('small.png'),
      out: folder,
    };
    await (await drawImage(size, 3, 1, 5)).jpeg({ quality: 92 }).toFile(files.image);
    await (await drawImage(size, 3, 2, 5)).jpeg({ quality: 92 }).toFile(files.over);
    await (await drawImage(size, 1, 3, 0)).png({ compressionLevel: 2 }).toFile(files.mask);
    await spot(size, files.small);
    files.crop = at('image.crop');
    for (const name of chosen('MASKWRIGHT_BENCH_COMMANDS', Object.keys(COMMANDS))) {
      const [budget, args] = COMMANDS[name];
      const { peak } = await runProgram([...args(files), '--quiet'], { codes: [0, 1, 3, 6] });
      const perPixel = ((peak - BASE_MB) * 2 ** 20) / (size.width * size.height);
      rows.push(
        figure(`${name}, ${megapixels} MP: bytes a pixel`, '', perPixel, { most: budget }),
        figure(`${name}, ${megapixels} MP: peak`, 'MB', peak),
      );
      console.error(
        `${name} ${megapixels} MP: ${perPixel.toFixed(1)} of ${budget} bytes a pixel, ${peak.toFixed(0)} MB`,
      );
    }
  }
  return { rows, notes: [NOTE] };
}

const NOTE =
  'Where the bytes are, a pixel: `mask` image 3, mask 1, what the cut-outs show 1; `inpaint` image 3, mask 1, and then the file that is ' +
  'read back 4; `composite` images 6, mask 1; `check` image 4, what is marked 1; `crop` image 3, mask 1; `stitch` the image, painted ' +
  'where it is, 3, and then the file that is read back 3; `channel` image 3, channel 1; `edit` the mask, grown and feathered, 3. The rest ' +
  'is the program, about 90 MB, 205 MB with the runtime of the tiny network; 35 MB of threads and strips while a PNG is compressed; and ' +
  'the buffers of decoders. That is most of what 12 MP take beyond their limits.';

/** A mask that selects a disc of 600 pixels. */
async function spot({ width, height }, path) {
  const disc = Buffer.from('<svg width="600" height="600"><circle cx="300" cy="300" r="300" fill="white"/></svg>');
  await sharp({ create: { width, height, channels: 3, background: 'black' }, limitInputPixels: false })
    .composite([{ input: disc, left: width >> 1, top: height >> 1 }])
    .removeAlpha()
    .toColourspace('b-w')
    .png()
    .toFile(path);
}
