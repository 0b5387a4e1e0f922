import { afterEach, describe, expect, it, vi } from 'vitest';
import { failureOfException, failureOfStatus } from '../../../../src/models/hub/http-errors.js';
import { redactSecrets } from '../../../../src/models/hub/redact-secrets.js';

afterEach(() => vi.unstubAllEnvs());

describe('text that is printed', () => {
  it.each([
    ['http://user:pa55word@mirror.example/x', 'http://***@mirror.example/x'],
    ['https://:pa55word@mirror.example', 'https://***@mirror.example'],
    ['see https://cdn.example/a?X-Amz-Signature=abc&y=1 now', 'see https://cdn.example/a?*** now'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer ***'],
    ['token hf_abcdefghijkl was refused', 'token *** was refused'],
    ['https://huggingface.co/a/b/resolve/main/x.onnx', 'https://huggingface.co/a/b/resolve/main/x.onnx'],
  ])('of %j shows %j', (text, shown) => {
    expect(redactSecrets(text)).toBe(shown);
  });

  it('shows no value of HF_TOKEN and no password of the endpoint or of a proxy, encoded or not', () => {
    vi.stubEnv('HF_TOKEN', 'any-token-at-all');
    vi.stubEnv('HF_ENDPOINT', 'http://me:first%20secret@mirror.example');
    vi.stubEnv('HTTPS_PROXY', 'http://me:second-secret@proxy.example:3128');
    const shown = redactSecrets('any-token-at-all first%20secret first secret second-secret');
    expect(shown).toBe('*** *** *** ***');
  });
});

describe('errors of HTTP', () => {
  it('show neither the token that a server repeats nor the password of the address', () => {
    vi.stubEnv('HF_TOKEN', 'any-token-at-all');
    for (const status of [400, 401, 403, 404, 407, 418, 429, 500, 503]) {
      const error = failureOfStatus(status, 'http://me:pa55word@mirror.example/x', 'no: any-token-at-all');
      expect(error.message).toContain(String(status));
      expect(error.message).not.toMatch(/any-token|pa55word/);
    }
    const broken = failureOfException(new Error('proxy http://me:pa55word@p.example failed'), 'http://h.example/x');
    expect(broken.message).not.toContain('pa55word');
  });

  it('have at most a line of what a server or a library says', () => {
    const long = `first\nsecond ${'x'.repeat(10_000)}`;
    expect(failureOfStatus(500, 'http://h.example/x', long).message.length).toBeLessThan(300);
    expect(failureOfException(new Error(long), 'http://h.example/x').message).toBe(
      'the connection to h.example broke: first',
    );
  });
});
