// What a second run with another threshold costs: the whole program, and the library in one process that has run before.
// Inferences are counted: the second run must do none.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findInImage } from '../../../dist/run/library.js';
import { compare, median, runLeast, runProgram, timed } from '../measure.mjs';
import { fullSizeModel } from '../python.mjs';

export const title = 'The same image and prompt again with another threshold, CLIPSeg of full size, 1536 x 1024';
export const peer = 'the first run';

const IMAGE = fileURLToPath(new URL('../../../examples/still-life.png', import.meta.url));

export async function measure({ quick, folder }) {
  const model = fullSizeModel();
  const cache = join(folder, 'cache');
  process.env.MASKWRIGHT_CACHE = cache;
  const run = (command) => async (threshold) => {
    const where = command === 'mask' ? ['--outdir', folder] : ['-o', join(folder, `${threshold}.png`)];
    const args = [command, IMAGE, '-tm', 'orange', threshold, ...where, '--model', model, '--json'];
    const { wall, stdout } = await runProgram(args);
    return { wall, inferences: Number(/"inferences":\s*(\d+)/.exec(stdout)[1]) };
  };
  const find = async (threshold) => {
    const { wall, value } = await timed(() => findInImage(IMAGE, 'orange', { model, threshold: Number(threshold) }));
    return { wall, inferences: value[0].facts.inferences };
  };
  const ways = {
    'the whole program, `inpaint`': run('inpaint'),
    'the whole program, `mask`': run('mask'),
    'the library, in one process': find,
  };
  await findInImage(IMAGE, 'warming up', { model });
  const rows = [];
  const firsts = [];
  for (const [name, way] of Object.entries(ways)) {
    const times = [[], []];
    for (let round = 0; round < (quick ? 1 : 5); round++) {
      rmSync(cache, { recursive: true, force: true });
      for (const [i, threshold] of ['0.5', '0.3'].entries()) {
        const { wall, inferences } = await way(threshold);
        if (inferences !== 1 - i) {
          throw new Error(`${name}, threshold ${threshold}: ${inferences} inferences, expected ${1 - i}`);
        }
        times[i].push(wall);
      }
    }
    rows.push(compare(name, 's', median(times[1]), median(times[0]), { most: 0.2 }));
    firsts.push(median(times[0]));
  }
  const least = [];
  for (let round = 0; round < (quick ? 1 : 5); round++) {
    least.push((await runLeast(leastOf(folder))).wall);
  }
  rows.push(compare('only starting, reading the image, writing it and reading it back', 's', median(least), firsts[0]));
  return { rows };
}

/** The image read, written with alpha as `inpaint` writes it, and read back; nothing is found. */
function leastOf(folder) {
  const settings = { compressionLevel: 5, adaptiveFiltering: true };
  return { read: [IMAGE], write: [{ from: 0, path: join(folder, 'least.png'), settings, alpha: true, back: true }] };
}
