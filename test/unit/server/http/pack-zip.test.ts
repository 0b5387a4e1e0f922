import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packZip } from '../../../../src/server/http/pack-zip.js';

it("an archive is unpacked by Python's zipfile, which also checks the sums", () => {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-zip-'));
  try {
    const path = join(folder, 'a.zip');
    const entries = [
      { name: 'outputs/mäsk.png', data: Uint8Array.from({ length: 5000 }, (_, i) => i % 251) },
      { name: 'empty.txt', data: new Uint8Array() },
    ];
    writeFileSync(path, packZip(entries));
    execFileSync('python3', ['-m', 'zipfile', '-t', path]);
    execFileSync('python3', ['-m', 'zipfile', '-e', path, join(folder, 'out')]);
    for (const { name, data } of entries) {
      expect(new Uint8Array(readFileSync(join(folder, 'out', name)))).toEqual(data);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
