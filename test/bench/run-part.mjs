// One part of the benchmarks in a process of its own: node test/bench/run-part.mjs <part> <file for its results> [quick]
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeMachine } from './machine.mjs';
import { newFolder } from './work-folder.mjs';

const [part, file, quick] = process.argv.slice(2);
const { title, peer, measure } = await import(new URL(`parts/${part}.mjs`, import.meta.url).href);
const folder = newFolder(part);
const machine = describeMachine();
const started = performance.now();
try {
  const script = (name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
  const { rows, notes = [], plots = [] } = await measure({ quick: quick === 'quick', folder, script });
  const seconds = Math.round((performance.now() - started) / 1000);
  const results = {
    part,
    title,
    peer,
    date: new Date().toISOString().slice(0, 16),
    seconds,
    machine,
    rows,
    notes,
    plots,
  };
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
