#!/usr/bin/env node
import module from 'node:module';
import v8 from 'node:v8';
import vm from 'node:vm';

// Compiled code is kept between runs (Node 22.8 and later).
module.enableCompileCache?.();

// Large images are freed between the steps of a run: see freeMemory.
globalThis.gc ??= () => {
  v8.setFlagsFromString('--expose-gc');
  globalThis.gc = vm.runInNewContext('gc');
  globalThis.gc();
};

// What can go wrong outside of every command: its output's reader, its folder and the limits of the process.
process.stdout.on('error', (error) => {
  // `maskwright ... | head` closes the pipe early: that is no failure.
  if (error.code !== 'EPIPE') {
    fail(`standard output cannot be written: ${error.message}`, 5);
  }
  process.exit();
});
process.stderr.on('error', () => process.exit());

// Native addons and threads behave otherwise there: a valid EXR is called damaged on Bun, and on Deno the command never ends.
const runtime = ['bun', 'deno'].find((name) => process.versions[name] !== undefined);
if (runtime !== undefined) {
  fail(`${runtime} is not supported\n  run maskwright with Node.js 20.19 or newer`, 2);
}

try {
  process.cwd();
} catch {
  fail('the working folder does not exist any more\n  change to another folder', 3);
}

try {
  const { main } = await import('../dist/bundle/main.js');
  await main(process.argv.slice(2));
} catch (error) {
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') {
    throw error;
  }
  fail('too many files are open\n  raise the limit of the process (ulimit -n)', 3);
}

function fail(message, exitCode) {
  process.stderr.write(`maskwright: ${message}\n`);
  process.exit(exitCode);
}
