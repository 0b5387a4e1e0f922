import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import openWabt from 'wabt';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.wat'));

it.each(sources)('%s: the embedded WebAssembly is what its source assembles to', async (source) => {
  const wabt = await openWabt();
  const module = wabt.parseWat(source, readFileSync(`src/${source}`, 'utf8'), { simd: true, bulk_memory: true });
  const file = pathToFileURL(resolve('src', source.replace(/\.wat$/, '-wasm.ts'))).href;
  const [embedded] = Object.values((await import(file)) as Record<string, Uint8Array>);
  expect(Buffer.from(embedded!).equals(Buffer.from(module.toBinary({}).buffer))).toBe(true);
});
