import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('Ctrl-C ends every run with exit code 130, while the model is loaded, while it runs, and between tiles', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['test/attack/abort.mjs', '--count', '10'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/"interrupted":10,.*"wrong":0/);
  expect(status).toBe(0);
}, 300_000);
