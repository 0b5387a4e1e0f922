// Decodes damaged TIFF files by the thousand with the built library, as images and as depth maps:
//   npm run build && node test/attack/tiff.mjs [count] [first]
// Exits with 1 if any of them ends otherwise than in pixels or a clear error, or takes longer than two seconds.
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeDepth } from '../../dist/io/depth/decode-depth.js';
import { decodeImage } from '../../dist/io/image/decode-image.js';
import { mutateFile, readFixtures } from './mutate-file.mjs';

const SLOWEST = 2000;
const MEMORY = 1.5e9;
const [count = 20_000, first = 0] = process.argv.slice(2).map(Number);
const fixtures = readFixtures(new URL('../fixtures/tiff/', import.meta.url), '.tif');
const folder = await mkdtemp(join(tmpdir(), 'maskwright-attack-'));
const path = join(folder, 'in.tif');
const outcomes = new Map();
let slowest = 0;
let largest = 0;
let wrong = 0;
const began = performance.now();
for (let number = first; number < first + count; number++) {
  const { name, kind, bytes } = mutateFile(fixtures, number);
  writeFileSync(path, bytes);
  for (const decode of [decodeImage, decodeDepth]) {
    const begin = performance.now();
    let outcome;
    try {
      const { raster, map } = await decode(path);
      const { width, height, data, channels = 1 } = raster ?? map;
      outcome = data.length === width * height * channels ? 'pixels' : 'WRONG SIZE';
    } catch (error) {
      outcome = error.name === 'MaskwrightError' && error.category === 'input' ? error.code : `BUG ${error.stack}`;
    }
    const milliseconds = performance.now() - begin;
    slowest = Math.max(slowest, milliseconds);
    largest = Math.max(largest, process.memoryUsage.rss());
    if (outcome.startsWith('BUG') || outcome.startsWith('WRONG') || milliseconds > SLOWEST || largest > MEMORY) {
      wrong++;
      console.error(`file ${number} (${name}, ${kind}), ${decode.name}: ${outcome}, ${milliseconds.toFixed(0)} ms`);
      if (wrong > 20) break;
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
}
await rm(folder, { recursive: true, force: true });
console.log(`${count} damaged TIFF files in ${((performance.now() - began) / 1000).toFixed(0)} s`);
for (const [outcome, number] of [...outcomes].sort((a, b) => b[1] - a[1])) {
  console.log(`${String(number).padStart(7)}  ${outcome.split('\n')[0]}`);
}
console.log(`slowest: ${slowest.toFixed(0)} ms; memory ${(largest / 1e6).toFixed(0)} MB; wrong: ${wrong}`);
process.exitCode = wrong === 0 ? 0 : 1;
