import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeHeatmap } from '../../../../src/io/depth/decode-heatmap.js';

/** 20 x 20 pixels of one color, as a JPEG or a PNG. */
async function encode([red, green, blue]: readonly [number, number, number], format: 'png' | 'jpeg'): Promise<Buffer> {
  const pixels = Buffer.from(Array.from({ length: 400 }, () => [red, green, blue]).flat());
  return sharp(pixels, { raw: { width: 20, height: 20, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}

describe('decodeHeatmap', () => {
  it('says that colors are read by their luma', async () => {
    const { heatmap, warnings } = await decodeHeatmap(await encode([255, 0, 0], 'png'), 'jet.png');
    expect(heatmap.data[0]).toBeCloseTo(0.299, 5);
    expect(warnings).toEqual([expect.stringMatching(/^the heatmap jet\.png is in color/)]);
  });

  it('takes gray for gray, with the tint of a JPEG as well', async () => {
    const { heatmap, warnings } = await decodeHeatmap(await encode([150, 153, 149], 'jpeg'), 'gray.jpg');
    expect(heatmap.data[0]).toBeCloseTo(0.599, 1);
    expect(warnings).toEqual([]);
  });
});
