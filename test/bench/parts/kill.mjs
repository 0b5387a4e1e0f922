// What kill -9 leaves, and whether --resume mends it.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawImages } from '../draw-image.mjs';
import { figure, PROGRAM, runProgram } from '../measure.mjs';
import { snapshot } from '../snapshot.mjs';

export const title = 'kill -9 at random moments, then `--resume`';
export const peer = undefined;

export async function measure({ quick, folder }) {
  const kills = quick ? 3 : 50;
  const images = join(folder, 'images');
  await drawImages(images, 24, 320, 240);
  const mask = join(folder, 'mask.png');
  await sharp({ create: { width: 320, height: 240, channels: 3, background: '#fff' } })
    .png()
    .toFile(mask);
  const argsFor = (out) => ['inpaint', images, '-m', mask, '-q', '--outdir', out];
  const whole = join(folder, 'whole');
  const { wall } = await runProgram(argsFor(whole));
  const expected = snapshot(whole);
  const out = join(folder, 'killed');
  const temporary = () => (existsSync(out) ? readdirSync(out).filter((name) => name.endsWith('.tmp')).length : 0);
  let killed = 0;
  let wrong = 0;
  let left = 0;
  for (let i = 0; i < kills; i++) {
    rmSync(out, { recursive: true, force: true });
    killed += await killAfter(argsFor(out), (0.25 + 0.75 * Math.random()) * wall * 1000);
    await runProgram([...argsFor(out), '--resume']);
    const found = snapshot(out);
    wrong += found.size === expected.size && [...expected].every(([name, hash]) => found.get(name) === hash) ? 0 : 1;
    left += temporary();
  }
  return {
    rows: [
      figure(`of ${kills} runs, killed before their end`, '', killed),
      figure('folders that differ from an unbroken run after --resume', '', wrong, { most: 0 }),
      figure('temporary files left after --resume', '', left, { most: 0 }),
    ],
  };
}

/** 1 where the program was killed, 0 where it had ended before. */
function killAfter(args, milliseconds) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL' ? 1 : 0);
    });
  });
}
