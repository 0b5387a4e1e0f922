// Assembles each .wat file of src and writes it as -wasm.ts. Run it after a change: npm run build:wasm
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openWabt from 'wabt';

const src = fileURLToPath(new URL('.', import.meta.url));
const wabt = await openWabt();
const sources = readdirSync(src, { recursive: true }).filter((name) => name.endsWith('.wat'));
for (const path of sources.map((name) => join(src, name))) {
  const file = basename(path);
  const module = wabt.parseWat(file, readFileSync(path, 'utf8'), { simd: true, bulk_memory: true });
  module.validate();
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
  const lines = base64.match(/.{1,100}/g).map((line) => `    '${line}'`);
  writeFileSync(
    path.replace(/\.wat$/, '-wasm.ts'),
    `/** ${file}, assembled by build-wasm.mjs: do not edit. */
export const ${file
      .replace(/\.wat$/, '')
      .toUpperCase()
      .replaceAll('-', '_')}_WASM = Uint8Array.from(
  atob(
${lines.join(' +\n')},
  ),
  (character) => character.codePointAt(0)!,
);
`,
  );
}
