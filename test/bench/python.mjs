import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WORK_FOLDER } from './work-folder.mjs';

const REQUIREMENTS = fileURLToPath(new URL('peers/requirements.txt', import.meta.url));

/** A Python with everything that we are compared with, in an environment of its own, made the first time (6 GB). */
export function peerPython() {
  const folder = join(WORK_FOLDER, 'python');
  const python = join(folder, 'bin', 'python');
  const stamp = join(folder, 'requirements.txt');
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
    execFileSync(python, install, { stdio: 'inherit' });
    writeFileSync(stamp, wanted);
  }
  return python;
}

/** The folder of a CLIPSeg of full size with random weights, made the first time. */
export function fullSizeModel() {
  const folder = join(WORK_FOLDER, 'clipseg');
  if (!existsSync(join(folder, 'tokenizer.json'))) {
    rmSync(folder, { recursive: true, force: true });
    const script = fileURLToPath(new URL('peers/make_full_size_model.py', import.meta.url));
    execFileSync(peerPython(), [script, folder], { stdio: ['ignore', 'inherit', 'ignore'] });
  }
  return folder;
}
