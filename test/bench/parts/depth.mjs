// Gray levels of a 12 megapixel depth map, beside lists and dictionaries in Python as daz_depthmap_processor has them,
// and beside numpy; memory of the whole command.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { initialSplits } from '../../../dist/depth/gray/gray-splits.js';
import { mapGrays } from '../../../dist/depth/gray/map-grays.js';
import { depthRange } from '../../../dist/depth/normalize-depth.js';
import { drawMap, encodeMap } from '../draw-map.mjs';
import { compare, figure, median, runProgram, startPeer, timed } from '../measure.mjs';
import { peerPython } from '../python.mjs';

export const title = 'Gray maps of depth at 12 MP';
export const peer = 'Python';

export async function measure({ quick, folder }) {
  const map = drawMap(quick ? { width: 1000, height: 750 } : { width: 4000, height: 3000 });
  const values = join(folder, 'values.f32');
  const out = join(folder, 'out.bin');
  writeFileSync(values, map.data);
  const python = startPeer(peerPython(), 'depth_grays.py');
  const rows = [];
  for (const mode of ['plain', 'compress']) {
    const grays = () => mapGrays(map, initialSplits(depthRange(map)), { compress: mode === 'compress' });
    const times = { ours: [], lists: [], numpy: [] };
    for (let round = 0; round < (quick ? 1 : 5); round++) {
      for (const how of round === 0 ? ['lists', 'numpy'] : ['numpy']) {
        times[how].push((await python.call('grays', values, mode, how, out)).value.cpu);
        const ours = await timed(grays);
        times.ours.push(ours.cpu);
        if (Buffer.compare(Buffer.from(ours.value.data), readFileSync(out)) !== 0) {
          throw new Error(`${mode}: grays differ from those of Python's ${how}`);
        }
      }
    }
    const ours = median(times.ours);
    rows.push(
      compare(`${mode}: processor / lists and dictionaries`, 's', ours, median(times.lists), { most: 1 / 15 }),
      compare(`${mode}: processor / numpy`, 's', ours, median(times.numpy)),
    );
  }
  python.stop();
  const exr = join(folder, 'map.exr');
  writeFileSync(exr, await encodeMap(map));
  for (const options of [['--mask'], ['--mask', '--compress-map'], ['--bits', '16']]) {
    const { peak } = await runProgram(['depth', exr, '--force', ...options]);
    rows.push(figure(`\`maskwright depth map.exr ${options.join(' ')}\`: peak memory`, 'MB', peak, { most: 600 }));
  }
  return { rows, notes: ['The grays are compared and are the same.'] };
}
