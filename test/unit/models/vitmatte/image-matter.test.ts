import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MaskwrightError } from '../../../../src/errors.js';
import { loadImageMatter } from '../../../../src/models/vitmatte/image-matter.js';
import { createMask } from '../../../../src/raster/index.js';
import { temporaryFolder } from '../../../support/folder.js';
import { type Answered, readAnswers, unpackModel } from '../../../support/model-fixtures.js';

/** A ViTMatte of the true architecture and what Python's transformers says; test/fixtures/vitmatte/generate.py. */
const FIXTURE = 'test/fixtures/vitmatte';

const folder = temporaryFolder();

it('ViTMatte gives the alpha of transformers in Python, padding included', async () => {
  const { image, answers } = readAnswers(FIXTURE) as Answered<{ alpha: readonly number[] }>;
  const trimap = createMask(image.width, image.height, readFileSync(join(FIXTURE, 'trimap.u8')));
  const matter = await loadImageMatter({ model: unpackModel(FIXTURE, join(folder(), 'vitmatte')) });
  try {
    const { data } = await matter.solve(image, trimap);
    expect(data).toHaveLength(answers.alpha.length);
    expect(Math.max(...data.map((value, i) => Math.abs(value - answers.alpha[i]!)))).toBeLessThan(1e-3);
  } finally {
    await matter.dispose();
  }
});

it('ViTMatte is refused where size_divisibility is no length', async () => {
  const place = unpackModel(FIXTURE, join(folder(), 'vitmatte'));
  writeFileSync(join(place, 'preprocessor_config.json'), JSON.stringify({ size_divisibility: 'all' }));
  await expect(loadImageMatter({ model: place })).rejects.toSatisfy(
    (error) => error instanceof MaskwrightError && error.code === 'MODEL_DAMAGED',
  );
});
