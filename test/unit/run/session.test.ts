import { afterEach, describe, expect, it } from 'vitest';
import { decodeImage } from '../../../src/io/image/decode-image.js';
import { encodeImage } from '../../../src/io/image/encode-image.js';
import { findInImage } from '../../../src/run/library.js';
import { openSession, type Session } from '../../../src/run/session.js';
import { resizeRaster } from '../../../src/raster/index.js';

/** The still life, small. */
const { raster } = await decodeImage('examples/still-life.png');
const image = await encodeImage(resizeRaster(raster, { width: 360, height: 240 }));

const open: Session[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.close()));
});

async function session(...[image, options]: Parameters<typeof openSession>): Promise<Session> {
  const opened = await openSession(image, options);
  open.push(opened);
  return opened;
}

describe('a session', () => {
  it('finds what a single question finds', async () => {
    const asked = await session(image, { model: 'tiny', cache: false });
    const [here] = await asked.find('orange', { threshold: 0.4, refine: 'off' });
    const [there] = await findInImage(image, 'orange', {
      model: 'tiny',
      threshold: 0.4,
      refine: 'off',
      cache: false,
    });
    expect(here!.mask).toEqual(there!.mask);
    expect(here!.provenance).toMatchObject({ threshold: 0.4, refine: 'off' });
  });

  it('looks at any number of phrases, in either fit, and the heatmaps cover the image', async () => {
    const stretched = await session(image, { model: 'tiny' });
    const [orange, bicycle] = await stretched.detect(['orange', 'bicycle']);
    expect([orange!.width, orange!.height]).toEqual([208, 208]);
    expect(Math.max(...orange!.data)).toBeGreaterThan(0.5);
    expect(Math.max(...bicycle!.data)).toBeLessThan(Math.max(...orange!.data));
    expect((await stretched.detect(['orange']))[0]).toEqual(orange);

    const padded = await session(image, { model: 'tiny', fit: 'pad' });
    const { width, height } = padded.image.raster;
    const [heatmap] = await padded.detect(['orange']);
    expect([heatmap!.width, heatmap!.height]).toEqual([208, Math.round((208 * height) / width)]);
  });

  it('says what is wrong with a question, and can be closed twice', async () => {
    const asked = await session(image, { model: 'tiny' });
    await expect(asked.find('orange AND')).rejects.toMatchObject({ code: 'PROMPT_SYNTAX' });
    await expect(asked.detect([''])).rejects.toMatchObject({ code: 'TEXT_EMPTY' });
    await asked.close();
    await asked.close();
  });
});
