import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const FIXTURES = fileURLToPath(new URL('../fixtures/exports/', import.meta.url));
const GRAPH = 'torchscript-17/model.onnx.gz';

/**
 * Writes a CLIPSeg of the true architecture with few random weights into a folder and returns it: for runs that need
 * a network whose answers matter to nobody, at a hundredth of the embedded model's time. Any phrase selects about half
 * of an image.
 */
export function unpackToyModel(folder) {
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  for (const name of readdirSync(FIXTURES).filter((file) => file.endsWith('.json'))) {
    writeFileSync(join(folder, name), readFileSync(join(FIXTURES, name)));
  }
  writeFileSync(join(folder, 'onnx/model.onnx'), gunzipSync(readFileSync(join(FIXTURES, GRAPH))));
  return folder;
}
