import { afterAll, describe, expect, it } from 'vitest';
import { MaskwrightError } from '../../../src/errors.js';
import { decodeExrDepth } from '../../../src/io/depth/decode-exr-depth.js';
import { openExrDecoder } from '../../../src/io/depth/exr-decoder.js';
import { mutateFile, readFixtures } from '../../attack/mutate-file.mjs';

/** `node test/attack/exr.mjs` goes on with the same files, by the thousand. */
const COUNT = 400;

describe('damaged EXR files', () => {
  const decoder = openExrDecoder();
  afterAll(() => decoder.close());

  it('end in pixels or in a clear error, within the time limit', async () => {
    const fixtures = readFixtures(new URL('../../fixtures/exr/', import.meta.url), '.exr');
    const outcomes = { pixels: 0, refused: 0 };
    for (let number = 0; number < COUNT; number++) {
      const { name, kind, bytes } = mutateFile(fixtures, number);
      const began = performance.now();
      try {
        const { map } = await decodeExrDepth(name, bytes, {}, decoder);
        expect(map.data).toHaveLength(map.width * map.height);
        outcomes.pixels++;
      } catch (error) {
        expect(error, `file ${number}, ${name}, ${kind}`).toBeInstanceOf(MaskwrightError);
        expect((error as MaskwrightError).category).toBe('input');
        outcomes.refused++;
      }
      expect(performance.now() - began, `file ${number}, ${name}, ${kind}`).toBeLessThan(2000);
    }
    expect(outcomes.pixels).toBeGreaterThan(COUNT / 20);
    expect(outcomes.refused).toBeGreaterThan(COUNT / 2);
  });

  it('a file whose decoding does not end is given up, and the next one is read', async () => {
    const fixture = readFixtures(new URL('../../fixtures/exr/', import.meta.url), '.exr').find(
      ({ name }) => name === 's_Yf_zip.exr',
    );
    const impatient = openExrDecoder({ baseMilliseconds: 0, millisecondsPerMegasample: 0 });
    await expect(decodeExrDepth('slow.exr', fixture!.bytes, {}, impatient)).rejects.toMatchObject({
      code: 'INPUT_DAMAGED',
      message: expect.stringContaining('does not come to an end'),
    });
    await impatient.close();
    const { map } = await decodeExrDepth('good.exr', fixture!.bytes, {}, decoder);
    expect(map.data.every((value) => value === 0)).toBe(false);
  });
});
