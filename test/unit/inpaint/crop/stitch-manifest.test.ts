import { describe, expect, it } from 'vitest';
import { parseStitchManifest, type StitchManifest } from '../../../../src/inpaint/crop/stitch-manifest.js';

describe('parseStitchManifest', () => {
  const job: StitchManifest = {
    kind: 'maskwright-stitch',
    version: 1,
    original: { file: 'a.png', width: 10, height: 10, sha256: 'x' },
    window: { x: -1, y: 0, width: 8, height: 8 },
    size: { width: 8, height: 8 },
    files: { image: 'a.crop.png', mask: 'a.mask.png', stitch: 'a.stitch.png' },
  };

  it('reads what was written', () => {
    expect(parseStitchManifest(JSON.stringify(job), 'job.json')).toEqual(job);
  });

  it.each([
    ['not json', 'not JSON'],
    ['null', 'not a stitch manifest'],
    ['{"kind":"other"}', 'not a stitch manifest'],
    [JSON.stringify({ ...job, version: 2 }), 'its version is 2'],
    [JSON.stringify({ ...job, window: { ...job.window, width: 0 } }), 'window.width is 0'],
    [JSON.stringify({ ...job, size: { width: '8', height: 8 } }), 'size.width is "8"'],
    [JSON.stringify({ ...job, files: { image: 'a.png' } }), 'files.stitch is undefined'],
  ])('refuses %s', (text, message) => {
    expect(() => parseStitchManifest(text, 'job.json')).toThrow(message);
  });
});
