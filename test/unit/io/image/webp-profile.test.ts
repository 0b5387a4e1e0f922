import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { addWebpProfile } from '../../../../src/io/image/webp-profile.js';
import { randomRaster } from '../../../support/images.js';

const PROFILE = readFileSync(new URL('../../../fixtures/io/adobe-like.icc', import.meta.url));

it.each([3, 4] as const)('a profile does not change a pixel of lossless WebP with %d channels', async (channels) => {
  const { width, height, data } = randomRaster(channels, 57, 33, channels);
  const plain = await sharp(data, { raw: { width, height, channels } })
    .webp({ lossless: true, exact: true })
    .toBuffer();
  // One byte more than even, so that the chunk is padded.
  for (const icc of [PROFILE, Buffer.concat([PROFILE, Buffer.alloc(1)])]) {
    const webp = addWebpProfile(plain, icc, { width, height, hasAlpha: channels === 4 });
    const image = sharp(webp, { ignoreIcc: true });
    const metadata = await image.metadata();
    expect(metadata).toMatchObject({ format: 'webp', width, height, hasAlpha: channels === 4 });
    expect(Buffer.compare(metadata.icc!, icc)).toBe(0);
    expect(Buffer.compare(await image.raw().toBuffer(), Buffer.from(data))).toBe(0);
  }
});
