import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readInput } from '../../../../src/io/files/read-input.js';
import { temporaryFolder } from '../../../support/folder.js';

const folder = temporaryFolder();

describe('readInput', () => {
  it('reads a file and a pipe', async () => {
    const file = join(folder(), 'a.png');
    writeFileSync(file, 'pixels');
    expect(Buffer.from(await readInput(file)).toString()).toBe('pixels');
    const pipe = join(folder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reading = readInput(pipe);
    spawn('sh', ['-c', `printf pixels > '${pipe}'`]);
    expect(Buffer.from(await reading).toString()).toBe('pixels');
  });

  it.each<[string, (path: string) => string, string, string]>([
    ['a missing file', (path) => path, 'INPUT_NOT_FOUND', 'does not exist'],
    ['an overlong name', (path) => path + 'x'.repeat(300), 'INPUT_UNREADABLE', 'ENAMETOOLONG'],
    ['an empty file', (path) => (writeFileSync(path, ''), path), 'INPUT_EMPTY', '0 bytes'],
    ['a folder', (path) => (mkdirSync(path), path), 'INPUT_IS_FOLDER', 'is a folder'],
    ['an endless device', () => '/dev/zero', 'INPUT_UNREADABLE', 'it is a device'],
    ['a URL', () => 'https://example.com/a.png', 'INPUT_NOT_FOUND', '"https://example.com/a.png" is a URL'],
    ['a file URL', () => 'file:///tmp/a.png', 'INPUT_NOT_FOUND', 'is a URL'],
  ])('%s is refused', async (_, make, code, message) => {
    await expect(readInput(make(join(folder(), 'in')))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('no message shows a password or a signature of a URL', async () => {
    const error: unknown = await readInput('https://me:secret@example.com/a.png?sig=secret#secret').catch(
      (e: unknown) => e,
    );
    expect(String(error)).not.toContain('secret');
    expect(String(error)).toContain('https://example.com/a.png');
  });
});
