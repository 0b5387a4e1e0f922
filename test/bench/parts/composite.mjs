// Two images through three masks, contrast level 3, the mask saved: beside maskilayer, in interleaved runs.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { drawImage, sizeOf } from '../draw-image.mjs';
import { compare, median, runLeast, runProcess, runProgram } from '../measure.mjs';
import { peerPython } from '../python.mjs';

export const title = 'Compositing: 2 images, 3 masks, level 3, mask saved';
export const peer = 'maskilayer';

const WALL = { plain: { 1: 0.45, 12: 0.25, 48: 0.25 }, '--fast': { 1: 0.45, 12: 0.4, 48: 0.35 } };

export async function measure({ quick, folder }) {
  const sizes = quick ? [1] : [1, 4, 12, 48];
  const python = peerPython();
  const rows = [];
  const curves = new Map();
  for (const megapixels of sizes) {
    const file = (name) => join(folder, `${name}-${megapixels}.png`);
    const size = sizeOf(megapixels);
    for (const [i, name] of ['back', 'over'].entries()) {
      await (await drawImage(size, 3, i + 1, 5)).png({ compressionLevel: 2 }).toFile(file(name));
    }
    for (const [i, name] of ['m1', 'm2', 'm3'].entries()) {
      await (await drawImage(size, 1, i + 3, 0)).png({ compressionLevel: 2 }).toFile(file(name));
    }
    for (const mode of ['plain', '--fast']) {
      const common = ['-b', file('back'), '-c', file('over'), '-n', '3', ...(mode === 'plain' ? [] : ['-f'])];
      const ours = ['comp', ...common, '-m', `${file('m1')};${file('m2')}`, '-i', file('m3')];
      const theirs = ['-m', 'maskilayer', ...common, `--masks=${file('m1')};${file('m2')}`, `--imasks=${file('m3')}`];
      const runs = { ours: [], theirs: [], least: [] };
      const fast = mode === '--fast';
      const rounds = quick ? 1 : { 1: 7, 4: 3, 12: 3, 48: 1 }[megapixels];
      for (let round = 0; round < rounds; round++) {
        runs.ours.push(await runProgram([...ours, '-o', file('ours'), '-s', file('ours-mask')]));
        if (fast && megapixels === 1) {
          runs.least.push(await runLeast(leastOf(file)));
        }
        runs.theirs.push(await runProcess(python, [...theirs, '-o', file('theirs'), '-s', file('theirs-mask')]));
      }
      const of = (whose, what) => median(runs[whose].map((run) => run[what]));
      const both = (what) => [of('ours', what), of('theirs', what)];
      const bytes = (name) => statSync(file(name)).size / 1e6;
      const label = `${megapixels} MP, ${mode}`;
      const limit = WALL[mode][megapixels];
      rows.push(
        compare(`${label}: wall`, 's', ...both('wall'), limit && { most: limit }),
        compare(`${label}: processor`, 's', ...both('cpu')),
        compare(`${label}: peak memory`, 'MB', ...both('peak'), megapixels === 48 ? { most: 0.25 } : {}),
        compare(`${label}: size of the image`, 'MB', bytes('ours'), bytes('theirs'), { most: 1.1 }),
        compare(`${label}: size of the mask`, 'MB', bytes('ours-mask'), bytes('theirs-mask'), { most: 1.1 }),
      );
      if (runs.least.length > 0) {
        rows.push(
          compare(
            `${label}: wall of only starting, reading and writing`,
            's',
            of('least', 'wall'),
            of('theirs', 'wall'),
          ),
        );
      }
      for (const [whose, name] of [
        ['ours', 'maskwright'],
        ['theirs', 'maskilayer'],
      ]) {
        const points = curves.get(`${name}, ${mode}`) ?? [];
        curves.set(`${name}, ${mode}`, [...points, [megapixels, of(whose, 'wall')]]);
      }
    }
  }
  const series = [...curves].map(([name, points]) => ({ name, points }));
  return { rows, plots: [{ file: 'composite', title: 'Compositing', x: 'megapixels', y: 's', series }] };
}

/** The five images read, an image and a mask written as `--fast` writes them, and nothing done between. */
function leastOf(file) {
  return {
    read: ['back', 'over', 'm1', 'm2', 'm3'].map(file),
    write: [
      { from: 0, path: file('least'), settings: { compressionLevel: 0 } },
      { from: 2, path: file('least-mask'), settings: { compressionLevel: 1 } },
    ],
  };
}
