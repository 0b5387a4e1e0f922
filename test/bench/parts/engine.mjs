// The mask engine at 12 megapixels, beside OpenCV on one thread, by processor time, in turns.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as engine from '../../../dist/engine/index.js';
import { drawImage, sizeOf } from '../draw-image.mjs';
import { compare, median, startPeer, timed } from '../measure.mjs';
import { peerPython } from '../python.mjs';

export const title = 'The mask engine at 12 MP, processor time';
export const peer = 'OpenCV, one thread';

export async function measure({ quick, folder }) {
  const size = sizeOf(quick ? 1 : 12);
  const binary = drawBlobs(size);
  const soft = {
    kind: 'mask',
    ...size,
    data: new Uint8Array(await (await drawImage(size, 1, 7, 0)).raw().toBuffer()),
  };
  writeFileSync(join(folder, 'binary.raw'), binary.data);
  writeFileSync(join(folder, 'soft.raw'), soft.data);
  const operations = {
    'dilate by a disc, r 16': [() => engine.dilate(binary, 16), { most: 1.5 }],
    'dilate a soft mask, r 16': [() => engine.dilate(soft, 16), { most: 3 }],
    'exact distance': [() => engine.distanceTransform(binary), { most: 2 }],
    'feather outward, r 32': [() => engine.feather(binary, 32, { side: 'outward', falloff: 'linear' }), { most: 1 }],
    'feather both ways: Gaussian, sigma 8': [() => engine.gaussianBlur(soft, 8), { most: 1 }],
    'the same, sigma 4': [() => engine.gaussianBlur(soft, 4), { most: 1.5 }],
    'the same, sigma 2': [() => engine.gaussianBlur(soft, 2), { most: 2.5 }],
    'the same, sigma 2, of a binary mask': [() => engine.gaussianBlur(binary, 2), { most: 1.5 }],
    'components with areas and bounds': [() => engine.connectedComponents(binary), { most: 1 }],
    'fill holes': [() => engine.fillHoles(binary), { most: 1 }],
  };
  const python = startPeer(peerPython(), 'engine.py', folder, size.width, size.height);
  const rows = [];
  for (const [name, [operation, limits]] of Object.entries(operations)) {
    const times = { ours: [], theirs: [] };
    // The first two rounds only warm up: the compiler of the one, the caches of the other.
    for (let round = -2; round < (quick ? 1 : 9); round++) {
      const ours = (await timed(operation)).cpu;
      const theirs = (await python.call(name)).cpu;
      if (round >= 0) {
        times.ours.push(ours * 1000);
        times.theirs.push(theirs * 1000);
      }
    }
    rows.push(compare(name, 'ms', median(times.ours), median(times.theirs), limits));
  }
  python.stop();
  return { rows };
}

/** Ellipses of all sizes with holes, and specks, as a network's masks have them at their worst. */
function drawBlobs({ width, height }) {
  const data = new Uint8Array(width * height);
  let state = 1;
  const random = (limit) => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 4294967296) * limit;
  const blobs = [
    [60, width / 13, 1],
    [120, width / 66, 0.5],
    [3000, width / 1000, 0.5],
  ];
  for (const [count, size, white] of blobs) {
    for (let n = 0; n < count; n++) {
      const [x, y] = [random(width), random(height)];
      const [a, b] = [1 + random(size), 1 + random(size)];
      const value = random(1) < white ? 255 : 0;
      for (let row = Math.max(Math.ceil(y - b), 0); row < Math.min(y + b, height); row++) {
        const half = a * Math.sqrt(1 - ((row - y) / b) ** 2);
        const [from, to] = [Math.max(Math.ceil(x - half), 0), Math.min(Math.floor(x + half) + 1, width)];
        data.fill(value, row * width + from, row * width + to);
      }
    }
  }
  return { kind: 'mask', width, height, data };
}
