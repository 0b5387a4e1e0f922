import { describe, expect, it } from 'vitest';
import { joinOutputPath } from '../../../../src/io/files/output-path.js';

describe('joinOutputPath', () => {
  it.each([
    ['a.png', 'out/a.png'],
    ['tree/deep/a.png', 'out/tree/deep/a.png'],
    ['tree/../a.png', 'out/a.png'],
    ['..a/b..', 'out/..a/b..'],
    ['', 'out'],
  ])('%j stays inside', (inside, path) => {
    expect(joinOutputPath('out', inside)).toBe(path);
  });

  it.each([
    '..',
    '../a.png',
    'a/../../b.png',
    './../a.png',
    '/etc/passwd',
    '..\\a.png',
    'a\\..\\..\\b.png',
    'C:\\a.png',
    'c:a.png',
    '\\\\host\\share\\a.png',
    'a\0.png',
  ])('%j is refused', (inside) => {
    expect(() => joinOutputPath('out', inside)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.any(String) as string }),
    );
  });
});
