// What one image costs a reader of the source: node test/bench/structure.mjs [checkout]...
//
// Prints, for each built checkout (default: this one), the lines of src, the modules that `mask` loads, and the modules
// on the way of one image: those with a function that is called more often for three images than for one, by the
// coverage of V8. They are divided into the command line with the plan of the recipe (cli, recipe), the work on the
// image (run, sources, outputs; `jobs` before the redesign), and kernels, which a reader need not open to follow an
// image. `--list` names them. Modules of worker threads are bundled and are left out.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('../../', import.meta.url));
const IMAGE = join(HERE, 'examples/still-life.png');
const COMMAND = /^(?:cli|recipe)\//;
const WORK = /^(?:run|sources|outputs|jobs)\//;

const { values, positionals } = parseArgs({ options: { list: { type: 'boolean' } }, allowPositionals: true });
const folders = positionals.length > 0 ? positionals.map((path) => resolve(path)) : [HERE];
console.log(
  '| checkout | lines of src | modules loaded | files of the bundle | command and plan | work on the image | kernels |',
);
console.log('|---|---|---|---|---|---|---|');
for (const folder of folders) {
  const one = runMask(folder, 'dist/cli/main.js', 1);
  const three = runMask(folder, 'dist/cli/main.js', 3);
  const way = [...three.calls].filter(([name, count]) => count > (one.calls.get(name) ?? 0));
  const modules = [...new Set(way.map(([name]) => name.split('\n')[0]))].filter((name) => !name.startsWith('bundle/'));
  const groups = [
    modules.filter((name) => COMMAND.test(name)),
    modules.filter((name) => WORK.test(name)),
    modules.filter((name) => !COMMAND.test(name) && !WORK.test(name)),
  ];
  const bundle = existsSync(join(folder, 'dist/bundle/main.js'))
    ? runMask(folder, 'dist/bundle/main.js', 1)
    : undefined;
  const counts = groups.map(({ length }) => length);
  console.log(`| ${[folder, countLines(folder), one.loaded, bundle?.loaded ?? '', ...counts].join(' | ')} |`);
  if (values.list === true) {
    console.log(groups.map((group) => group.join('\n')).join('\n\n'));
  }
}

/** The calls of each function, by module and name, and how many modules were loaded. */
function runMask(folder, entry, images) {
  const work = mkdtempSync(join(tmpdir(), 'maskwright-structure-'));
  try {
    const inputs = Array.from({ length: images }, (_, i) => join(work, `${i}.png`));
    inputs.forEach((input) => cpSync(IMAGE, input));
    const coverage = join(work, 'coverage');
    mkdirSync(coverage);
    const program = join(work, 'program.mjs');
    const main = JSON.stringify(pathToFileURL(join(folder, entry)).href);
    writeFileSync(program, `import { main } from ${main};\nawait main(process.argv.slice(2));\n`);
    const words = ['mask', ...inputs, '-tm', 'orange', '--model', 'tiny', '--no-cache'];
    const { status, stderr } = spawnSync(process.execPath, [program, ...words, '--outdir', join(work, 'out')], {
      env: { ...process.env, NODE_V8_COVERAGE: coverage },
      encoding: 'utf8',
      cwd: work,
    });
    if (status !== 0) throw new Error(stderr);
    return readCoverage(coverage, pathToFileURL(`${join(folder, 'dist')}/`).href);
  } finally {
    rmSync(work, { recursive: true });
  }
}

function readCoverage(folder, root) {
  const calls = new Map();
  const loaded = new Set();
  for (const file of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const { url, functions } of result.filter((script) => script.url.startsWith(root))) {
      const module = url.slice(root.length).replace(/\?.*/, '').replace(/\.js$/, '.ts');
      loaded.add(module);
      for (const { functionName, ranges } of functions) {
        const [{ startOffset, count }] = ranges;
        // The first function of a module is the module itself.
        if (startOffset === 0 && functionName === '') continue;
        const name = `${module}\n${functionName} ${startOffset}`;
        calls.set(name, (calls.get(name) ?? 0) + count);
      }
    }
  }
  return { calls, loaded: loaded.size };
}

function countLines(folder) {
  const files = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((name) => /\.tsx?$/.test(name))
    .reduce((sum, name) => sum + readFileSync(join(folder, 'src', name), 'utf8').split('\n').length - 1, 0);
}
