// Assembles filter-rows.wat and writes filter-rows-wasm.ts. Run it after a change: npm run build:wasm
import { readFileSync, writeFileSync } from 'node:fs';
import openWabt from 'wabt';

const wat = readFileSync(new URL('filter-rows.wat', import.meta.url), 'utf8');
const wabt = await openWabt();
const module = wabt.parseWat('filter-rows.wat', wat, { simd: true, bulk_memory: true });
module.validate();
const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
const lines = base64.match(/.{1,100}/g).map((line) => `  '${line}'`);
writeFileSync(
  new URL('filter-rows-wasm.ts', import.meta.url),
  `/** filter-rows.wat, assembled by build-wasm.mjs: do not edit. */
export const FILTER_ROWS_WASM = Buffer.from(
${lines
  .join(' +\n')
  .replace(/\n {2}/g, '\n    ')
  .replace(/^ {2}/, '  ')},
  'base64',
);
`,
);
