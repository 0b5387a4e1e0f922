// A loop that starts a program for each file, and one run over all, with a CLIPSeg of full size: ours, and Python with
// onnxruntime as rembg does it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { drawImage } from '../draw-image.mjs';
import { compare, runProcess, runProgram } from '../measure.mjs';
import { fullSizeModel, peerPython } from '../python.mjs';

export const title = 'Many files: cut-outs by a phrase, CLIPSeg of full size, 1500 x 1000';
export const peer = 'Python + onnxruntime, in the way of rembg';

export async function measure({ quick, folder, script }) {
  const counts = quick ? [1, 2] : [1, 2, 4, 8];
  const model = fullSizeModel();
  const python = peerPython();
  const images = [];
  mkdirSync(join(folder, 'in'));
  for (let i = 0; i < counts.at(-1); i++) {
    const path = join(folder, 'in', `${i}.jpg`);
    await (await drawImage({ width: 1500, height: 1000 }, 3, i + 1, 5)).jpeg({ quality: 92 }).toFile(path);
    images.push(path);
  }
  const out = join(folder, 'out');
  const ours = (files) =>
    runProgram(['inpaint', ...files, '-tm', 'a red apple', '--model', model, '--no-cache', '--outdir', out]);
  const theirs = (files) => runProcess(python, [script('rembg_style.py'), model, out, 'a red apple', ...files]);
  const ways = {
    'maskwright, one run': ours,
    'maskwright, a process a file': each(ours),
    'Python, one run (rembg p)': theirs,
    'Python, a process a file (rembg i)': each(theirs),
  };
  await theirs(images.slice(0, 1));
  const curves = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  const last = {};
  for (const count of counts) {
    for (const [name, way] of Object.entries(ways)) {
      const run = await way(images.slice(0, count));
      curves[name].push([count, run.wall]);
      last[name] = run;
    }
  }
  const [run, loop, theirRun, theirLoop] = Object.values(last);
  const count = counts.at(-1);
  return {
    rows: [
      compare(`${count} files, one run of each: wall`, 's', run.wall, theirRun.wall),
      compare(`${count} files, one run of each: peak memory`, 'MB', run.peak, theirRun.peak),
      compare(`${count} files, a process a file: wall`, 's', loop.wall, theirLoop.wall),
      compare(`${count} files, our one run / our loop of processes: wall`, 's', run.wall, loop.wall),
    ],
    notes: ['Ours refines the edges and reads every written file back; the Python script does neither.'],
    plots: [
      {
        file: 'files',
        title: 'Files, full-size network',
        x: 'files',
        y: 's',
        series: Object.entries(curves).map(([name, points]) => ({ name, points })),
      },
    ],
  };
}

/** One process for each file. */
function each(run) {
  return async (files) => {
    let wall = 0;
    let peak = 0;
    for (const file of files) {
      const result = await run([file]);
      wall += result.wall;
      peak = Math.max(peak, result.peak);
    }
    return { wall, peak };
  };
}
