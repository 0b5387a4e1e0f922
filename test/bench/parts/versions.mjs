// Whole commands beside those of an earlier version, in turns. MASKWRIGHT_BENCH_OLD names a folder in which that version is
// built: git worktree add ../old fa6bcaf, npm ci, npm run build.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawImage, sizeOf } from '../draw-image.mjs';
import { drawMap, encodeMap } from '../draw-map.mjs';
import { compare, PROGRAM, runProcess } from '../measure.mjs';

export const title = 'Whole commands beside those of commit fa6bcaf, 12 MP';
export const peer = 'fa6bcaf';

/** Named as both versions take them. */
const COMMANDS = {
  'composite, two PNG': ({ image, over, mask, out }) => [
    'composite',
    '-b',
    image,
    '-c',
    over,
    '-m',
    mask,
    '-o',
    join(out, 'c.png'),
  ],
  'composite --fast': ({ image, over, mask, out }) => [
    'composite',
    '-b',
    image,
    '-c',
    over,
    '-m',
    mask,
    '-f',
    '-o',
    join(out, 'c.png'),
  ],
  'mask, tiny model, three images': ({ photo, out }) => [
    'mask',
    photo,
    '-tm',
    'orange',
    '--model',
    'tiny',
    '--no-cache',
    '--outdir',
    out,
  ],
  'inpaint, read back': ({ image, mask, out }) => ['inpaint', image, '-m', mask, '-o', join(out, 'i.png')],
  'layers, 4 by a depth map': ({ image, map, out }) => [
    'layers',
    image,
    '--depth-file',
    map,
    '--layers',
    '4',
    '--force',
    '--outdir',
    out,
  ],
  'depth, gray map and mask': ({ map, out }) => ['depth', map, '--mask', '--force', '--outdir', out],
  'channel hsv.s': ({ photo, out }) => ['channel', photo, '-c', 'hsv.s', '--outdir', out],
};

export async function measure({ quick, folder }) {
  const old = process.env.MASKWRIGHT_BENCH_OLD;
  if (old === undefined) {
    return { rows: [], notes: ['Not measured: MASKWRIGHT_BENCH_OLD names no earlier version.'] };
  }
  const size = sizeOf(quick ? 1 : 12);
  const files = Object.fromEntries(
    ['image.png', 'over.png', 'mask.png', 'photo.jpg', 'map.exr', 'out'].map((name) => [
      name.split('.')[0],
      join(folder, name),
    ]),
  );
  await (await drawImage(size, 3, 1, 5)).png({ compressionLevel: 2 }).toFile(files.image);
  await (await drawImage(size, 3, 2, 5)).png({ compressionLevel: 2 }).toFile(files.over);
  await (await drawImage(size, 1, 3, 0)).png({ compressionLevel: 2 }).toFile(files.mask);
  await (await drawImage(size, 3, 1, 5)).jpeg({ quality: 92 }).toFile(files.photo);
  writeFileSync(files.map, await encodeMap(drawMap(size)));
  const rows = [];
  for (const [name, args] of Object.entries(COMMANDS)) {
    for (const where of ['', ', one core']) {
      const pinned = where === '' ? [] : ['taskset', '--cpu-list', '0'];
      const runs = { ours: [], theirs: [] };
      for (let round = 0; round < (quick ? 1 : 2); round++) {
        for (const [who, program] of [
          ['theirs', join(old, 'bin/maskwright.js')],
          ['ours', PROGRAM],
        ]) {
          rmSync(files.out, { recursive: true, force: true });
          mkdirSync(files.out);
          const [command, ...rest] = [...pinned, process.execPath, program, ...args(files)];
          runs[who].push(await runProcess(command, rest, { codes: [0, 6] }));
        }
      }
      const least = (who, what) => Math.min(...runs[who].map((run) => run[what]));
      const row = (what, unit, label) =>
        compare(`${name}${where}: ${label}`, unit, least('ours', what), least('theirs', what));
      rows.push(
        row('cpu', 's', 'processor'),
        row('wall', 's', 'wall'),
        ...(where === '' ? [row('peak', 'MB', 'peak memory')] : []),
      );
    }
  }
  return { rows };
}
