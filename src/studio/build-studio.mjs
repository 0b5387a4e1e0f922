// Builds the studio's page into dist/studio, unless it was built from the same sources: `npm run build` runs it.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OUT = join(ROOT, 'dist/studio');
const STAMP = join(OUT, '.source-hash');
/** What the page is made of. */
const FOLDERS = ['studio', 'raster', 'engine', 'render', 'prompts', 'inpaint'];

const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')));
for (const folder of FOLDERS) {
  const names = readdirSync(join(ROOT, 'src', folder), { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((name) => /\.(tsx?|mjs|css|html|svg)$/.test(name)).toSorted()) {
    hash.update(`${folder}/${name}\0`).update(readFileSync(join(ROOT, 'src', folder, name)));
  }
}
const sources = hash.digest('hex');

if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== sources) {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: join(ROOT, 'src/studio'),
    base: './',
    logLevel: 'warn',
    publicDir: false,
    worker: { format: 'es' },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: OUT,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  writeFileSync(STAMP, sources);
}
