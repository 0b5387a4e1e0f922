// What whole commands cost on larger and larger images.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawMap, encodeMap } from '../draw-map.mjs';
import { drawImage, sizeOf } from '../draw-image.mjs';
import { figure, median, runProgram } from '../measure.mjs';

export const title = 'Whole commands against size of the image';
export const peer = undefined;

export async function measure({ quick, folder }) {
  const sizes = quick ? [1] : [1, 4, 12, 48];
  const common = ['--outdir', folder];
  const commands = {
    'mask, tiny model': (at) => ['mask', at('jpg'), '-tm', 'orange', '--model', 'tiny', '--no-cache', ...common],
    channel: (at) => ['channel', at('jpg'), '-c', 'hsv.s', ...common],
    depth: (at) => ['depth', at('exr'), '--force', ...common],
  };
  const rows = [];
  const curves = Object.fromEntries(Object.keys(commands).map((name) => [name, { wall: [], peak: [] }]));
  for (const megapixels of sizes) {
    const at = (ending) => join(folder, `${megapixels}.${ending}`);
    await (await drawImage(sizeOf(megapixels), 3, 1, 5)).jpeg({ quality: 92 }).toFile(at('jpg'));
    writeFileSync(at('exr'), await encodeMap(drawMap(sizeOf(megapixels))));
    for (const [name, args] of Object.entries(commands)) {
      const runs = [];
      for (let round = 0; round < (quick || megapixels === 48 ? 1 : 3); round++) {
        runs.push(await runProgram(args(at)));
      }
      for (const [what, unit] of [
        ['wall', 's'],
        ['peak', 'MB'],
      ]) {
        const value = median(runs.map((run) => run[what]));
        curves[name][what].push([megapixels, value]);
        rows.push(figure(`${name}, ${megapixels} MP: ${what === 'wall' ? 'wall' : 'peak memory'}`, unit, value));
      }
    }
  }
  const series = (what) => Object.entries(curves).map(([name, curve]) => ({ name, points: curve[what] }));
  return {
    rows,
    plots: [
      { file: 'size-time', title: 'Whole commands: time', x: 'megapixels', y: 's', series: series('wall') },
      { file: 'size-memory', title: 'Whole commands: peak memory', x: 'megapixels', y: 'MB', series: series('peak') },
    ],
  };
}
