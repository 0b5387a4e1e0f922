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
/** Each module is in the first of these that it belongs to. */
const CLOSURES = {
  // Threads, child processes and the engine, which runs in browsers as well, load little: nothing of theirs is moved.
  apart: {
    files: Object.entries(ENTRIES).flatMap(([name, file]) => (['main', 'index'].includes(name) ? [] : [file])),
    lazy: true,
  },
  command: { files: ['src/cli/main.ts', 'src/cli/commands/recipe/mask-command.ts'] },
  run: { files: ['src/cli/run/run-document.ts'] },
};
let closures;
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
  preserveEntrySignatures: 'allow-extension',
  codeSplitting: {
    // What a command needs before and after its command line is parsed is a file each: Node needs milliseconds for every file.
    groups: [{ name: chunkOf, debugName: 'recipe commands', includeDependenciesRecursively: false }],
  },
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

/** The chunk of a module that recipe commands need; others are split by what imports them. */
function chunkOf(id, graph) {
  closures ??= Object.entries(CLOSURES).map(([name, { files, lazy }]) => [name, closureOf(files, graph, lazy)]);
  const [name] = closures.find(([, closure]) => closure.has(id)) ?? [];
  return name === undefined || name === 'apart' ? null : name;
}

/** Modules that modules need before they run, and those that they need; with `lazy` also those that they load later. */
function closureOf(files, graph, lazy = false) {
  const found = new Set(files.map((file) => join(ROOT, file)));
  for (const id of found) {
    const { importedIds = [], dynamicallyImportedIds = [] } = graph.getModuleInfo(id) ?? {};
    [...importedIds, ...(lazy ? dynamicallyImportedIds : [])].forEach((imported) => found.add(imported));
  }
  return found;
}

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
