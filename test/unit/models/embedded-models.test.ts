import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { embeddedFolder, knownModels } from '../../../src/models/registry/known-models.js';
import { loadTextSegmenter } from '../../../src/models/clipseg/text-segmenter.js';
import { createRaster } from '../../../src/raster/index.js';

/** Size and SHA-256 of every file in a folder, as models.json has them. */
function filesOf(folder: string): Record<string, { size: number; sha256: string }> {
  const names = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(
    names.map((name) => {
      const bytes = readFileSync(join(folder, name));
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return [name.replaceAll('\\', '/'), { size: bytes.length, sha256 }];
    }),
  );
}

describe('models.json', () => {
  const embedded = knownModels().filter(({ folder }) => folder !== undefined);

  it.each(embedded.map(({ folder, files }) => [folder!, files] as const))(
    'tells the files of %s (python3 models/train/record_files.py)',
    (folder, files) => {
      expect(filesOf(embeddedFolder(folder))).toEqual(files);
    },
  );

  it('has each name once for a task, a license for all, and a hub id or a folder', () => {
    const keys = knownModels().map(({ name, task }) => `${name} ${task}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { id, folder, license } of knownModels()) {
      expect([id === undefined, license.length > 0]).toEqual([folder !== undefined, true]);
    }
  });
});

it('gives a phrase the same heatmap whatever is asked with it', async () => {
  const segmenter = await loadTextSegmenter({ model: 'tiny' });
  try {
    const side = segmenter.inputSize;
    const square = createRaster(
      side,
      side,
      3,
      Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 89) % 251),
    );
    const phrases = ['orange', 'a photo of the red apple', 'zebra crossing in the snow', 'orange', 'sky'];
    const together = await segmenter.segment(square, phrases);
    await segmenter.dispose();
    const fresh = await loadTextSegmenter({ model: 'tiny' });
    try {
      for (const [i, phrase] of phrases.entries()) {
        const [alone] = await fresh.segment(square, [phrase]);
        const worst = Math.max(...alone!.data.map((value, k) => Math.abs(value - together[i]!.data[k]!)));
        expect(worst).toBeLessThan(1e-5);
      }
    } finally {
      await fresh.dispose();
    }
  } finally {
    await segmenter.dispose();
  }
});
