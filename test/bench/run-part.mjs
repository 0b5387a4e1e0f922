// One part of the benchmarks in a process of its own: node test/bench/run-part.mjs <part> <file for its results> [quick]
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeMachine } from './machine.mjs';
import { newFolder } from './work-folder.mjs';

const [part, file, quick] = process.argv.slice(2);
const { title, peer, measure } = await import(new URL(`parts/${part}.mjs`, import.meta.url).href);
const folder = newFolder(part);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => process.exit(130));
}
const script = (name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
const machine = describeMachine();
const started = performance.now();
const { rows, notes = [], plots = [] } = await measure({ quick: quick === 'quick', folder, script });
const seconds = Math.round((performance.now() - started) / 1000);
const date = new Date().toISOString().slice(0, 16);
writeFileSync(file, `${JSON.stringify({ part, title, peer, date, seconds, machine, rows, notes, plots }, null, 1)}\n`);
