// Decodes damaged EXR files by the thousand with the built library and tells what came of them:
//   npm run build && node test/attack/exr.mjs [count] [first]
// Exits with 1 if any of them ends otherwise than in pixels or a clear error, or takes longer than two seconds.
import { decodeExrDepth } from '../../dist/io/depth/decode-exr-depth.js';
import { openExrDecoder } from '../../dist/io/depth/exr-decoder.js';
import { mutateFile, readFixtures } from './mutate-file.mjs';

const SLOWEST = 2000;
const [count = 20_000, first = 0] = process.argv.slice(2).map(Number);
const fixtures = readFixtures(new URL('../fixtures/exr/', import.meta.url), '.exr');
const outcomes = new Map();
const slowest = { milliseconds: 0, number: -1 };
let wrong = 0;
let next = first;

async function attack() {
  const decoder = openExrDecoder();
  while (next < first + count) {
    const number = next++;
    const { name, kind, bytes } = mutateFile(fixtures, number);
    const begin = performance.now();
    let outcome;
    try {
      const { map } = await decodeExrDepth(name, bytes, {}, decoder);
      outcome = map.data.length === map.width * map.height ? 'pixels' : 'WRONG SIZE';
    } catch (error) {
      outcome = error.name === 'MaskwrightError' && error.category === 'input' ? error.code : `BUG ${error.stack}`;
    }
    const milliseconds = performance.now() - begin;
    if (milliseconds > slowest.milliseconds) {
      Object.assign(slowest, { milliseconds, number });
    }
    if (outcome.startsWith('BUG') || outcome.startsWith('WRONG') || milliseconds > SLOWEST) {
      wrong++;
      console.error(`file ${number} (${name}, ${kind}): ${outcome}, ${milliseconds.toFixed(0)} ms`);
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  await decoder.close();
}

const began = performance.now();
await Promise.all([attack(), attack()]);
const seconds = (performance.now() - began) / 1000;
console.log(`${count} damaged EXR files in ${seconds.toFixed(0)} s`);
for (const [outcome, number] of [...outcomes].sort((a, b) => b[1] - a[1])) {
  console.log(`${String(number).padStart(7)}  ${outcome.split('\n')[0]}`);
}
console.log(`slowest: ${slowest.milliseconds.toFixed(0)} ms (file ${slowest.number}); wrong: ${wrong}`);
console.log(`memory at the end: ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
process.exitCode = wrong === 0 ? 0 : 1;
