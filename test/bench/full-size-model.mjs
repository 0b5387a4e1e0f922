import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonWith } from './peer-python.mjs';

/** A Python with Hugging Face's CLIPSeg: `MASKWRIGHT_BENCH_PYTHON` where one is there, else one of its own. */
export function pythonWithClipSeg() {
  return process.env.MASKWRIGHT_BENCH_PYTHON ?? pythonWith('torch==2.2.2', 'transformers==4.36.2', 'pillow', 'numpy<2');
}

/** The folder of a CLIPSeg of full size with random weights, made the first time. */
export function fullSizeModel() {
  const folder = process.env.MASKWRIGHT_BENCH_MODEL ?? join(tmpdir(), 'maskwright-bench-clipseg');
  if (!existsSync(join(folder, 'config.json'))) {
    const script = fileURLToPath(new URL('make-full-size-model.py', import.meta.url));
    execFileSync(pythonWithClipSeg(), [script, folder], { stdio: 'inherit' });
  }
  return folder;
}
