// Each channel of a 12 megapixel photograph as a mask, against decoding the photograph and encoding that mask alone.
//   npm run build && node test/bench/channel.mjs [runs]
// Both ways are measured in turn; the median of their ratios counts.
import sharp from 'sharp';
import { channelMask } from '../../dist/engine/channel-mask.js';
import { CHANNEL_NAMES } from '../../dist/engine/channel-names.js';
import { decodeImage } from '../../dist/io/decode-image.js';
import { encodeImage } from '../../dist/io/encode-image.js';

const WIDTH = 4000;
const HEIGHT = 3000;
const runs = Number(process.argv[2] ?? 3);

/** A picture with slopes, edges and a sensor's grain, as a camera's JPEG. */
async function drawPhotograph() {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  let state = 1;
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, i += 3) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const grain = ((state >>> 16) & 15) - 7;
      const shape = Math.sin(x / 180) * Math.cos(y / 140) > 0.3 ? 60 : 0;
      data[i] = 90 + 60 * Math.sin(x / 500) + shape + grain;
      data[i + 1] = 110 + 50 * Math.cos(y / 400) + grain;
      data[i + 2] = 100 + 70 * Math.sin((x + y) / 900) - shape / 2 + grain;
    }
  }
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer();
}

async function timed(work) {
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / 1000;
}

const photograph = await drawPhotograph();
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
for (const channel of CHANNEL_NAMES) {
  const mask = channelMask((await decodeImage(photograph)).raster, channel);
  const alone = [];
  const whole = [];
  for (let run = 0; run < runs; run++) {
    alone.push(
      await timed(async () => {
        await decodeImage(photograph);
        await encodeImage(mask);
      }),
    );
    whole.push(
      await timed(async () => {
        const { raster } = await decodeImage(photograph);
        await encodeImage(channelMask(raster, channel));
      }),
    );
  }
  const ratio = median(whole.map((time, i) => time / alone[i]));
  console.log(
    `${channel.padEnd(6)} ${ratio.toFixed(2)} times: ${median(whole).toFixed(0)} ms, decode and encode alone ${median(alone).toFixed(0)} ms`,
  );
}
