import { expect, it } from 'vitest';
import { MaskwrightError } from '../../../../src/errors.js';
import { describeError, redactPaths } from '../../../../src/server/http/http-error.js';

it.each([
  ['/home/user/models/tiny/config.json is not JSON', 'config.json is not JSON'],
  ['cannot open "/var/lib/x/photo.png"', 'cannot open "photo.png"'],
  ['C:\\Users\\me\\photo.png is empty', 'photo.png is empty'],
  ['read https://huggingface.co/owner/name and image/png', 'read https://huggingface.co/owner/name and image/png'],
  ['outputs/photo.png exists', 'outputs/photo.png exists'],
])('paths of the machine do not leave it: %s', (message, expected) => {
  expect(redactPaths(message)).toBe(expected);
});

it('nothing of a bug is disclosed', () => {
  const { status, body } = describeError(new TypeError('secret is undefined'));
  expect([status, body.error.code]).toEqual([500, 'BUG']);
  expect(JSON.stringify(body)).not.toContain('secret');
});

it.each([
  ['MODEL_NOT_FOUND', 503],
  ['NOTHING_SELECTED', 422],
  ['INPUT_TOO_LARGE', 413],
  ['PROMPT_SYNTAX', 400],
] as const)('%s is %i', (code, status) => {
  expect(describeError(new MaskwrightError(code, 'x')).status).toBe(status);
});
