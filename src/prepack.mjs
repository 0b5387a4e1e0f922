// Prepares onnxruntime-node for the package, which holds a copy of it (bundleDependencies). `npm pack` runs it before, with `--undo` after.
//
// Its install script downloads CUDA libraries from NuGet and fails an installation where that server cannot be reached. Without the script
// the CPU runs everywhere; who has an NVIDIA card runs `npm rebuild` as the README says.
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MANIFEST = fileURLToPath(new URL('../node_modules/onnxruntime-node/package.json', import.meta.url));
const ORIGINAL = fileURLToPath(new URL('../node_modules/.onnxruntime-node.package.json', import.meta.url));

if (process.argv.includes('--undo')) {
  if (existsSync(ORIGINAL)) renameSync(ORIGINAL, MANIFEST);
} else {
  if (!existsSync(ORIGINAL)) copyFileSync(MANIFEST, ORIGINAL);
  const manifest = JSON.parse(readFileSync(ORIGINAL, 'utf8'));
  const { 'onnxruntime-common': common } = manifest.dependencies;
  const { scripts: _scripts, ...rest } = manifest;
  // Its other dependencies serve the script only.
  writeFileSync(
    MANIFEST,
    `${JSON.stringify({ ...rest, dependencies: { 'onnxruntime-common': common } }, undefined, 2)}\n`,
  );
}
