// Many images in one run: memory, and speed against one at a time.
import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawImages } from '../draw-image.mjs';
import { snapshot } from '../snapshot.mjs';
import { compare, figure, median, runProgram } from '../measure.mjs';

export const title = 'Many images in one run';
export const peer = 'against';

const BROKEN = 15;

export async function measure({ quick, folder }) {
  const memory = await measureMemory(folder, quick ? 150 : 2000);
  const speed = await measureSpeed(folder, quick);
  return { ...speed, rows: [...memory.rows, ...speed.rows], notes: memory.notes };
}

/** A tenth of the images, and all of them with broken ones among them. */
async function measureMemory(folder, count) {
  const images = join(folder, 'many');
  await drawImages(images, count);
  const names = readdirSync(images).toSorted();
  const few = names.slice(0, count / 10).map((name) => join(images, name));
  const list = join(folder, 'few.txt');
  writeFileSync(list, few.join('\n'));
  const args = ['-tm', 'orange', '--model', 'tiny', '--no-cache', '-q', '--outdir'];
  const [outFew, outAll] = [join(folder, 'out-few'), join(folder, 'out-all')];
  // A short run's peak differs from one to the next by a tenth.
  const smalls = [];
  for (let round = 0; round < 3; round++) {
    smalls.push((await runProgram(['mask', '--files-from', list, ...args, outFew])).peak);
  }
  // Cut off, empty, or no image at all.
  const broken = names.filter((_, i) => i % Math.floor(count / BROKEN) === 7).slice(0, BROKEN);
  for (const [i, name] of broken.entries()) {
    if (i % 3 === 2) writeFileSync(join(images, name), 'no image');
    else truncateSync(join(images, name), i % 3 === 0 ? 20_000 : 0);
  }
  const large = await runProgram(['mask', images, ...args, outAll], { codes: [3] });
  const written = readdirSync(outAll).filter((name) => name.endsWith('.masked.png')).length;
  const reported = broken.filter((name) => large.stderr.includes(name)).length;
  const spoilt = new Set(broken.map((name) => name.slice(0, 4)));
  const all = snapshot(outAll);
  const wrong = [...snapshot(outFew)].filter(
    ([name, hash]) => name.endsWith('.png') && !spoilt.has(name.slice(0, 4)) && all.get(name) !== hash,
  );
  return {
    rows: [
      compare(`peak memory at ${count} images of 0.3 MP / at ${few.length}`, 'MB', large.peak, median(smalls), {
        most: 1.15,
      }),
      figure(`of ${BROKEN} broken files, reported by name`, '', reported, { least: BROKEN }),
      figure(`of ${count - BROKEN} sound files, masks written`, '', written, { least: count - BROKEN }),
      figure('images that differ from those of the small run', '', wrong.length, { most: 0 }),
      figure('images a second (tiny model, three files each)', '', count / large.wall),
    ],
    notes: [`The run of ${count} ends with code ${large.code}, as it should with broken files.`],
  };
}

/** Decode and encode only: a mask file, no network. */
async function measureSpeed(folder, quick) {
  const count = quick ? 6 : 24;
  const images = join(folder, 'speed');
  await drawImages(images, count, 1600, 1200);
  const mask = join(folder, 'mask.png');
  await sharp({ create: { width: 1600, height: 1200, channels: 3, background: '#fff' } })
    .png()
    .toFile(mask);
  const args = ['-m', mask, '-q'];
  const files = readdirSync(images).map((name) => join(images, name));
  const times = { 1: [], 2: [], 4: [], loop: [] };
  for (let round = 0; round < (quick ? 1 : 5); round++) {
    for (const jobs of [1, 2, 4]) {
      const out = ['--jobs', String(jobs), '--outdir', join(folder, 'out-speed')];
      times[jobs].push((await runProgram(['inpaint', images, ...args, ...out])).wall);
    }
    if (round === 0) {
      let looped = 0;
      for (const file of files) {
        looped += (await runProgram(['inpaint', file, ...args, '-o', join(folder, 'one.png')])).wall;
      }
      times.loop.push(looped);
    }
  }
  const [one, two, four, loop] = [times[1], times[2], times[4], times.loop].map((taken) => count / median(taken));
  const rate = (name, fast, slow, limits) => compare(name, 'a second', fast, slow, limits);
  return {
    rows: [
      rate(`throughput, ${count} images of 1.9 MP: --jobs 2 / --jobs 1`, two, one, { least: 1.6 }),
      rate('the same: --jobs 2 / a process a file', two, loop, { least: 1.6 }),
      rate('the same: --jobs 4 / --jobs 1', four, one),
    ],
    plots: [
      {
        file: 'jobs',
        title: `${count} images of 1.9 MP, decode and encode only`,
        x: 'jobs',
        y: 's',
        series: [
          { name: 'maskwright, one run', points: [1, 2, 4].map((jobs) => [jobs, median(times[jobs])]) },
          { name: 'a process a file', points: [1, 2, 4].map((jobs) => [jobs, median(times.loop)]) },
        ],
      },
    ],
  };
}
