import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { temporaryFolder } from '../support/folder.js';

const folder = temporaryFolder();

interface Report {
  readonly ok: boolean;
  readonly findings: readonly { readonly name: string; readonly status: string; readonly detail: string }[];
}

it('doctor passes where the main job can run: an unreachable hub and a missing GPU are warnings', async () => {
  const env = {
    MASKWRIGHT_CACHE: join(folder(), 'cache'),
    MASKWRIGHT_TIMEOUT: '2',
    HF_ENDPOINT: 'http://me:pa55word@127.0.0.1:9',
    HF_TOKEN: 'hf_abcdefghijklmnop',
  };
  const { code, stdout, stderr } = await runCli(['doctor', '--json'], { env });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).not.toMatch(/pa55word|abcdefghijklmnop/);
  const { ok, findings } = JSON.parse(stdout) as Report;
  expect(ok).toBe(true);
  const statusOf = (name: string): string | undefined => findings.find((finding) => finding.name === name)?.status;
  expect(['versions', 'device cpu', 'self-test', 'model tiny'].map(statusOf)).toEqual(['ok', 'ok', 'ok', 'ok']);
  expect(statusOf('hub')).toBe('warning');
  expect(findings.map(({ detail }) => detail).join('\n')).toContain(join(folder(), 'cache', 'hub'));
});
