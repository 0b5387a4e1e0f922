// Packs the program, installs the tarball as users do, and runs what was installed.
//
//   node test/package/install.mjs           npm, with this Node
//   node test/package/install.mjs --all     also Node 22, 24 and 26 (the npm package `node` brings them), and yarn 1, yarn 4, pnpm
//   ... --tarball FILE                      what `npm pack` wrote before
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

const MAX_MEGABYTES = 360;
const all = process.argv.includes('--all');
const folder = mkdtempSync(join(tmpdir(), 'maskwright-install-'));
const examples = resolve('examples');

/** Runs a program and returns what it wrote on standard output; its errors are ours. */
function run(program, parameters, options = {}) {
  return execFileSync(program, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], ...options });
}

function assert(condition, message) {
  if (!condition) throw new Error(message);
}

function filesOf(path) {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** No package but sharp, whose script only checks for its binary, may run anything at its installation. */
function checkScripts(path) {
  for (const file of filesOf(path).filter((name) => basename(name) === 'package.json')) {
    const { name, scripts = {} } = JSON.parse(readFileSync(file, 'utf8'));
    const found = ['preinstall', 'install', 'postinstall'].filter((script) => script in scripts);
    assert(name === 'sharp' || found.length === 0, `${file} runs ${found.join(', ')} at its installation`);
  }
}

function pack() {
  run('npm', ['pack', '--silent', '--pack-destination', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  return join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz')),
  );
}

/** Every command on the examples: a model in a thread, EXR in a thread, PNG strips in threads, a device in a child process. */
function runTasks(label, node, program) {
  const out = join(folder, 'out', label);
  mkdirSync(out, { recursive: true });
  const image = join(examples, 'still-life.png');
  const depth = join(examples, 'still-life.exr');
  const words = ['-p', 'orange', '--model', 'tiny'];
  const tasks = [
    ['mask', image, ...words, '--overlay', '--output-dir', '.'],
    ['depth', depth, '--output-dir', '.'],
    ['edit', 'still-life.orange.masked.png', '--grow', '8', '-o', 'grown.png'],
    ['inpaint', image, '-m', 'grown.png', '-o', 'inpaint.png'],
    ['inpaint', image, ...words, '--target', 'comfyui', '--output-dir', '.'],
    ['check', 'still-life.comfyui.image.png', '--target', 'comfyui'],
    ['repair', 'inpaint.png', '--from', image, '-o', 'repaired.png'],
    ['crop', image, '-m', 'grown.png', '--size', '256', '--output-dir', '.'],
    ['stitch', 'still-life.crop.png', '--manifest', 'still-life.crop.json', '-o', 'stitched.png'],
    ['outpaint', image, '--left', '64', '--fill', 'mirror', '--output-dir', '.'],
    ['composite', '-b', image, '-c', 'inpaint.png', '-m', 'grown.png', '-o', 'mixed.png'],
    ['channel', image, '--channel', 'hsv.s', '-o', 'channel.png'],
    ['layers', image, '--depth-file', depth, '--layers', '3', '--preview', '--output-dir', 'layers'],
    ['explain', 'apple{+8px} - leaf@0.6'],
    ['targets'],
    ['models', 'list'],
    ['doctor', '--json'],
    ['run', 'recipe.yaml'],
  ];
  const cli = (...parameters) => run(node, [program, ...parameters], { cwd: out });
  assert(/^\d+\.\d+\.\d+\n$/.test(cli('--version')), `${label}: no version`);
  writeFileSync(join(out, 'recipe.yaml'), cli('mask', image, ...words, '--output-dir', 'recipe', '--print-recipe'));
  for (const parameters of tasks) {
    cli(...parameters);
  }
  for (const name of [
    'still-life.orange.masked.png',
    'stitched.png',
    'mixed.png',
    'recipe/still-life.orange.masked.png',
  ]) {
    assert(existsSync(join(out, name)), `${label}: ${name} was not written`);
  }
  console.log(`${label}: ${tasks.length} commands, ${filesOf(out).length} files`);
}

/** The library and the engine by their names, and their types, from a project that depends on the package. */
function checkLibrary(installed) {
  const project = join(folder, 'library');
  mkdirSync(join(project, 'node_modules'), { recursive: true });
  symlinkSync(installed, join(project, 'node_modules/maskwright'));
  for (const [name, source] of [
    ['@types/node', 'node_modules/@types/node'],
    ['undici-types', 'node_modules/undici-types'],
  ]) {
    mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true });
    symlinkSync(resolve(source), join(project, 'node_modules', name));
  }
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  const program = `
    import { createPipeline, findInImage } from 'maskwright';
    import { dilate } from 'maskwright/engine';
    const data = Uint8Array.from({ length: 64 }, (_, i) => (i === 27 ? 255 : 0));
    const grown = dilate({ kind: 'mask', width: 8, height: 8, data }, 1);
    console.log(typeof createPipeline, typeof findInImage, grown.data.filter((value) => value === 255).length);`;
  writeFileSync(join(project, 'program.mts'), program);
  const compiler = ['--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,dom', '--types', 'node', '--strict'];
  run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), ...compiler, 'program.mts'], {
    cwd: project,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  // A disc of radius 1: a cross of 5 pixels.
  assert(
    run(process.execPath, ['program.mjs'], { cwd: project }) === 'function function 5\n',
    'the library answers otherwise',
  );
  console.log('library, engine and their types');
}

/** An empty project with the tarball installed by `command`, and the path of the program in it. */
function installIn(name, command, files = {}) {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{"name":"project","version":"1.0.0","private":true}');
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(join(project, file), text);
  }
  run(command[0], command.slice(1), { cwd: project });
  return join(project, 'node_modules/maskwright/bin/maskwright.js');
}

try {
  const tarball = process.argv.includes('--tarball') ? resolve(process.argv.at(-1)) : pack();

  const prefix = join(folder, 'global');
  // Without scripts: none is needed.
  run('npm', ['install', '--global', '--prefix', prefix, '--ignore-scripts', '--no-audit', '--no-fund', tarball]);
  checkScripts(prefix);
  const size = Math.round(filesOf(prefix).reduce((sum, file) => sum + statSync(file).size, 0) / 1e6);
  assert(size <= MAX_MEGABYTES, `the installation takes ${size} MB, at most ${MAX_MEGABYTES} are allowed`);
  console.log(`npm --global: ${size} MB`);
  const installed = join(prefix, 'lib/node_modules/maskwright');
  const program = join(installed, 'bin/maskwright.js');
  runTasks(`node ${process.version}`, process.execPath, program);
  checkLibrary(installed);

  if (all) {
    for (const version of ['22', '24', '26']) {
      const node = join(folder, `node-${version}`);
      run('npm', ['install', '--prefix', node, '--no-audit', '--no-fund', `node@${version}`]);
      runTasks(`node ${version}`, join(node, 'node_modules/node/bin/node'), program);
    }
    const managers = {
      'yarn 1': { command: ['npx', '-y', 'yarn@1.22.22', 'add', `file:${tarball}`] },
      'yarn 4': {
        command: ['npx', '-y', '@yarnpkg/cli-dist@4', 'add', `maskwright@file:${tarball}`],
        files: { '.yarnrc.yml': 'nodeLinker: node-modules\n', 'yarn.lock': '' },
      },
      pnpm: { command: ['npx', '-y', 'pnpm@latest', 'add', `file:${tarball}`] },
    };
    for (const [name, { command, files }] of Object.entries(managers)) {
      runTasks(name, process.execPath, installIn(name, command, files));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
