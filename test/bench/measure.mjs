import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The program itself. */
export const PROGRAM = fileURLToPath(new URL('../../bin/maskwright.js', import.meta.url));

/** The middle of some numbers. */
export function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

/**
 * A row of the report: ours beside theirs. `limits` is `{ most }` or `{ least }` of the ratio ours / theirs, where one
 * was set. `unit` is `s`, `ms`, `MB` or nothing.
 */
export function compare(name, unit, ours, theirs, limits = {}) {
  return { name, unit, ours, theirs, value: ours / theirs, ...limits };
}

/** A row of the report that stands for itself; `limits` is of the value. */
export function figure(name, unit, value, limits = {}) {
  return { name, unit, value, ...limits };
}

/** Wall and processor time of some work in this process, in seconds. */
export async function timed(work) {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const value = await work();
  const wall = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1e6, value };
}

/** Runs the program; options as of `runProcess`. */
export function runProgram(args, options) {
  return runProcess(process.execPath, [PROGRAM, ...args], options);
}

/** Runs the least that any program of Node, yargs and sharp can do: the arguments of `peers/least.mjs`. */
export function runLeast(job) {
  return runProcess(process.execPath, [
    fileURLToPath(new URL('peers/least.mjs', import.meta.url)),
    JSON.stringify(job),
  ]);
}

/**
 * Runs a program to its end. Gives wall and processor time in seconds, peak memory in MB (Linux), its exit code and
 * what it said; rejects where the code is not among `codes`.
 */
export function runProcess(command, args, { codes = [0], env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    const said = { stdout: '', stderr: '' };
    let peak = 0;
    let ticks = 0;
    for (const stream of ['stdout', 'stderr']) {
      child[stream].on('data', (chunk) => (said[stream] = (said[stream] + chunk).slice(-50_000)));
    }
    const poll = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
        const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
        ticks = Number(fields[11]) + Number(fields[12]);
      } catch {
        // It has just ended, or this is not Linux.
      }
    }, 10);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(poll);
      const wall = (performance.now() - started) / 1000;
      if (codes.includes(code)) {
        resolve({ wall, cpu: ticks / 100, peak, code, ...said });
      } else {
        reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${said.stderr}`));
      }
    });
  });
}

/** Starts a script that uses `serve.py`. `call` runs one of its operations: wall and processor seconds, and a value. */
export function startPeer(python, script, ...args) {
  const path = fileURLToPath(new URL(`peers/${script}`, import.meta.url));
  const child = spawn(python, [path, ...args.map(String)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints = (complaints + chunk).slice(-5000)));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    call: async (...operation) => {
      child.stdin.write(`${JSON.stringify(operation)}\n`);
      const { value, done } = await answers.next();
      if (done) {
        throw new Error(`${script} ${operation[0]}: ${complaints}`);
      }
      return JSON.parse(value);
    },
    stop: () => child.stdin.end(),
  };
}
