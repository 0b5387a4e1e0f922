import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import openWabt from 'wabt';
import { FILTER_ROWS_WASM } from '../../../../../src/io/image/png/filter-rows-wasm.js';

it('the embedded WebAssembly is what its source assembles to', async () => {
  const wabt = await openWabt();
  const source = readFileSync('src/io/image/png/filter-rows.wat', 'utf8');
  const module = wabt.parseWat('filter-rows.wat', source, { simd: true, bulk_memory: true });
  expect(FILTER_ROWS_WASM).toEqual(Buffer.from(module.toBinary({}).buffer));
});
