import { describe, expect, it } from 'vitest';
import { cacheImageFeatures } from '../../../../src/models/clipseg/image-feature-cache.js';
import type { ImageFeatures, TextSegmenter } from '../../../../src/models/clipseg/text-segmenter.js';
import { createHeatmap, createRaster, type Raster } from '../../../../src/raster/index.js';

function square(value: number): Raster {
  return createRaster(4, 4, 3, new Uint8Array(48).fill(value));
}

/** A segmenter whose heatmaps show the image's first byte, and which counts what it encodes. */
function counting(isPartitioned = true): { segmenter: TextSegmenter; encoded: number[] } {
  const encoded: number[] = [];
  const encodeImage = async ({ data }: Raster): Promise<ImageFeatures> => {
    encoded.push(data[0]!);
    if (data[0] === 99) throw new Error('cannot');
    return {
      kind: 'image-features',
      tensors: [{ name: 'x', type: 'float32', dims: [1], data: Float32Array.of(data[0]!) }],
    };
  };
  const decode: TextSegmenter['decode'] = async ({ tensors }, phrases) =>
    phrases.map(() => createHeatmap(1, 1, tensors[0]!.data as Float32Array));
  return {
    encoded,
    segmenter: {
      kind: 'text-segmenter',
      identity: { id: 'x', revision: 'x', dtype: 'fp32', device: 'cpu' },
      inputSize: 4,
      tokenLimit: 77,
      path: isPartitioned ? 'partitioned' : 'monolithic',
      isPartitioned,
      encodeImage,
      decode,
      segment: async (image, phrases) => decode(await encodeImage(image), phrases),
      readPhrases: async () => [],
      usage: async () => {
        throw new Error('nothing runs');
      },
      dispose: async () => undefined,
    },
  };
}

describe('the image feature cache', () => {
  it('encodes each image once, whatever is asked of it', async () => {
    const { segmenter, encoded } = counting();
    const cached = cacheImageFeatures(segmenter);
    for (const value of [1, 2, 1, 1, 2]) {
      const [heatmap] = await cached.segment(square(value), ['a phrase']);
      expect(heatmap!.data[0]).toBe(value);
    }
    await Promise.all([cached.encodeImage(square(3)), cached.encodeImage(square(3))]);
    expect(encoded).toEqual([1, 2, 3]);
  });

  it('forgets what was not asked for longest', async () => {
    const { segmenter, encoded } = counting();
    const cached = cacheImageFeatures(segmenter, { images: 2 });
    for (const value of [1, 2, 1, 3, 1, 2]) {
      await cached.encodeImage(square(value));
    }
    expect(encoded).toEqual([1, 2, 3, 2]);
  });

  it('does not remember failures', async () => {
    const { segmenter, encoded } = counting();
    const cached = cacheImageFeatures(segmenter);
    await expect(cached.encodeImage(square(99))).rejects.toThrow('cannot');
    await expect(cached.encodeImage(square(99))).rejects.toThrow('cannot');
    expect(encoded).toEqual([99, 99]);
  });

  it('a model without an encoder of its own is not cached', () => {
    const { segmenter } = counting(false);
    expect(cacheImageFeatures(segmenter)).toBe(segmenter);
  });
});
