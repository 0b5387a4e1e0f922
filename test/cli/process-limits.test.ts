import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { examplePath } from '../support/examples.js';

const MASKWRIGHT = `'${process.execPath}' '${resolve('bin/maskwright.js')}'`;
const folder = mkdtempSync(join(tmpdir(), 'maskwright-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A shell command in a folder of its own; `maskwright` is the built program. */
function shell(command: string): { status: number | null; stderr: string } {
  const run = spawnSync('sh', ['-c', `maskwright() { ${MASKWRIGHT} "$@"; }\n${command}`], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status: run.status, stderr: run.stderr };
}

describe.runIf(existsSync('/dev/full'))('a failure of the system is one line and the exit code of its kind', () => {
  const image = examplePath('still-life');

  it.each([
    ['a full standard output, as an image', `maskwright edit '${image}' -o - > /dev/full`, 5, 'standard output'],
    ['a full standard output, as JSON', `maskwright edit '${image}' -o a.png --json > /dev/full`, 5, 'standard output'],
    ['a full standard output, as help', 'maskwright --help > /dev/full', 5, 'standard output'],
    ['a folder that cannot be created', `maskwright edit '${image}' -o /proc/no/such/b.png`, 5, 'cannot be written'],
    ['a deleted working folder', 'mkdir gone; cd gone; rmdir ../gone; maskwright targets', 3, 'the working folder'],
    ['an empty standard input', 'maskwright edit - -o c.png < /dev/null', 3, 'standard input is empty'],
    ['no file descriptor for a module', `ulimit -n 28; maskwright edit '${image}' -o f.png`, 3, 'ulimit -n'],
    ['a URL', 'maskwright edit https://me:secret@example.com/a.png -o d.png', 3, 'is a URL'],
  ])('%s', (_, command, status, message) => {
    const run = shell(command);
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toMatch(/\n\s+at |secret/);
    expect(run.stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    expect(run.status).toBe(status);
  });

  it('a reader that goes away early is no failure', () => {
    expect(shell('maskwright --help | head -c 10')).toEqual({ status: 0, stderr: '' });
  });
});
