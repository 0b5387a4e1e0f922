import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeDeadTemporaries, temporaryPath } from '../../../../src/io/files/temporary-files.js';
import { temporaryFolder } from '../../../support/folder.js';

const folder = temporaryFolder();

describe('removeDeadTemporaries', () => {
  it('removes files of dead processes of this machine, and no others', async () => {
    const own = temporaryPath(join(folder(), 'a.png'));
    const [, host] = /\.([0-9a-f]{8})-\d+-/.exec(basename(own))!;
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const named = (machine: string, pid: number): string => join(folder(), `.a.png.${machine}-${pid}-01234567.tmp`);
    const removed = [own, named(host!, dead)];
    const other = host === '00000000' ? '11111111' : '00000000';
    const kept = [
      named(host!, process.ppid),
      named(other, dead),
      join(folder(), '.a.png.tmp'),
      join(folder(), 'a.png'),
    ];
    for (const path of [...removed, ...kept]) {
      writeFileSync(path, '');
    }
    await removeDeadTemporaries(folder());
    expect(removed.filter((path) => existsSync(path))).toEqual([]);
    expect(kept.filter((path) => !existsSync(path))).toEqual([]);
  });
});
