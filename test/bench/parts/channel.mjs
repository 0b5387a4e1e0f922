// Channels of a 12 megapixel photograph as masks, beside decoding it and encoding that mask by sharp alone, and beside Pillow.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { channelMask } from '../../../dist/engine/color/channel-mask.js';
import { CHANNEL_NAMES } from '../../../dist/engine/color/channel-names.js';
import { decodeImage } from '../../../dist/io/image/decode-image.js';
import { encodeImage } from '../../../dist/io/image/encode-image.js';
import { compare, median, startPeer, timed } from '../measure.mjs';
import { peerPython } from '../python.mjs';

export const title = 'Channels as masks: a 12 MP JPEG';
export const peer = 'decode and encode by sharp; Pillow + numpy';

const WIDTH = 4000;
const HEIGHT = 3000;
/** As sharp writes a PNG with filters chosen for each row. */
const encodeBySharp = ({ width, height, data }) =>
  sharp(data, { raw: { width, height, channels: 1 } })
    .png({ compressionLevel: 6, adaptiveFiltering: true })
    .toBuffer();

/** Rounds after which V8 has compiled a channel's loops for good. */
const WARM_UP = 3;
const wallOf = ({ wall }) => wall;
const cpuOf = ({ cpu }) => cpu;
const IN_PILLOW = new Set(['lab.l', 'rgb.g', 'yuv.y', 'hsv.s']);

export async function measure({ quick, folder }) {
  const photograph = await drawPhotograph();
  const path = join(folder, 'photograph.jpg');
  writeFileSync(path, photograph);
  const python = startPeer(peerPython(), 'channels.py');
  const rows = [];
  const beside = [];
  const besidePillow = [];
  for (const channel of quick ? ['rgb.g', 'hsv.s'] : CHANNEL_NAMES) {
    let mask;
    for (let round = 0; round < WARM_UP; round++) {
      mask = channelMask((await decodeImage(photograph)).raster, channel);
    }
    const alone = [];
    const whole = [];
    const pillow = [];
    for (let round = 0; round < (quick ? 1 : 9); round++) {
      alone.push(
        await timed(async () => {
          await decodeImage(photograph);
          await encodeBySharp(mask);
        }),
      );
      whole.push(
        await timed(async () => {
          const { raster } = await decodeImage(photograph);
          await encodeImage(channelMask(raster, channel));
        }),
      );
      if (IN_PILLOW.has(channel) && round < 3) {
        pillow.push(await python.call('mask', path, channel));
      }
    }
    const row = (name, measure, times, limits) =>
      compare(name, 's', median(whole.map(measure)), median(times.map(measure)), limits);
    rows.push(row(`${channel} / decode and encode by sharp`, wallOf, alone, { most: 1 }));
    beside.push(row(`${channel} / decode and encode by sharp, processor time`, cpuOf, alone));
    if (pillow.length > 0) {
      besidePillow.push(row(`${channel} / Pillow + numpy, processor time`, cpuOf, pillow));
    }
  }
  python.stop();
  return { rows: [...rows, ...beside, ...besidePillow] };
}

/** An image with slopes, edges and a sensor's grain, of its own in each color, as a camera's JPEG. */
async function drawPhotograph() {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  let state = 1;
  const grain = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return ((state >>> 16) & 15) - 7;
  };
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, i += 3) {
      const shape = Math.sin(x / 180) * Math.cos(y / 140) > 0.3 ? 60 : 0;
      data[i] = 90 + 60 * Math.sin(x / 500) + shape + grain();
      data[i + 1] = 110 + 50 * Math.cos(y / 400) + grain();
      data[i + 2] = 100 + 70 * Math.sin((x + y) / 900) - shape / 2 + grain();
    }
  }
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer();
}
