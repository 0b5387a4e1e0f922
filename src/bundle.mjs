// Bundles the sources into a few files with lazy chunks, together with the packages that they use: `npm run build` runs it.
// The command line starts sooner, and an installation holds nothing that a Node program never loads.
//
// What package.json lists under `dependencies` and `peerDependencies` stays outside; `devDependencies` that the sources import are bundled.
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist/bundle');
/** A dependency because types of the library name it. Its code is bundled: it has 100 files. */
const BUNDLED = 'zod';
const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);
const EXTERNAL = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).filter(
  (name) => name !== BUNDLED,
);

/** What the package exports, and the programs of threads and child processes, which are started by the names of their files. */
const ENTRIES = {
  main: 'src/cli/main.ts',
  index: 'src/index.ts',
  engine: 'src/engine/index.ts',
  ...Object.fromEntries(
    readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /-(?:worker|main)\.ts$/.test(file))
      .map((file) => [basename(file, '.ts'), join('src', file)]),
  ),
};
const EXRS_LICENSE = join(ROOT, 'src/io/depth/exrs.license.txt');
const EXR_WASM = 'exrs_raw_wasm_bindgen_bg.wasm';

/** exrs loads its WebAssembly from its package; here it lies in the folder of the bundle. */
const exrWasm = {
  name: 'exr-wasm',
  transform(code, id) {
    if (!id.endsWith('exrs/dist/index.js')) {
      return null;
    }
    const found = "path.dirname(require.resolve('exrs-raw-wasm-bindgen/package.json'))";
    if (!code.includes(found)) {
      throw new Error('exrs finds its WebAssembly in another way than before');
    }
    return { code: code.replace(found, 'import.meta.dirname'), map: null };
  },
};

rmSync(OUT, { recursive: true, force: true });
const bundle = await rolldown({
  cwd: ROOT,
  input: ENTRIES,
  external: (id) => EXTERNAL.some((name) => id === name || id.startsWith(`${name}/`)),
  platform: 'node',
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  plugins: [exrWasm],
  // `eval` in packages of others.
  onLog: (level, log, report) => {
    if (log.code !== 'EVAL') report(level, log);
  },
});
const { output } = await bundle.write({
  dir: OUT,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  sourcemap: true,
  keepNames: true,
});
await bundle.close();

const packages = new Set(output.flatMap(({ moduleIds = [] }) => moduleIds.flatMap(packageOf)));
const exrs = [...packages].find((folder) => folder.endsWith('/exrs-raw-wasm-bindgen'));
copyFileSync(join(exrs, EXR_WASM), join(OUT, EXR_WASM));
writeFileSync(
  join(OUT, 'THIRD-PARTY-LICENSES.txt'),
  [...packages]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map(licenseOf)
    .join(`\n${'='.repeat(78)}\n\n`),
);

/** The folder of the package that a bundled module belongs to. */
function packageOf(id) {
  const match = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id);
  return match === null ? [] : [match[1]];
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  // exrs is published without the text of its license, which its repository holds.
  const paths = name.startsWith('exrs') ? [EXRS_LICENSE] : files.map((file) => join(folder, file));
  if (paths.length === 0) throw new Error(`${name} holds no text of its license`);
  return `${name} ${version} (${license})\n\n${paths.map((path) => readFileSync(path, 'utf8')).join('\n')}`;
}
