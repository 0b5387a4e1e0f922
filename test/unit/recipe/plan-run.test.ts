import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planImages, planRun } from '../../../src/recipe/plan-run.js';
import { type RecipeDocument, recipeFromData } from '../../../src/recipe/recipe-document.js';

const root = mkdtempSync(join(tmpdir(), 'maskwright-plan-run-'));

beforeAll(() => {
  mkdirSync(join(root, 'masks'));
  for (const name of ['a.png', 'b.mask.png']) writeFileSync(join(root, 'masks', name), '');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const inputs = ['a', 'b', 'c'].map((stem, index) => ({ path: `${stem}.png`, folder: '', index, count: 3 }));

/** A recipe that notes each time it is checked. */
function counted(sources: readonly object[]): { document: RecipeDocument; checks: () => number } {
  const document = recipeFromData({ sources, outputs: [{ kind: 'mask' }] }, root);
  let checks = 0;
  const safeParse: typeof document.schema.safeParse = (...given) => {
    checks++;
    return document.schema.safeParse(...given);
  };
  const { shape } = document.schema;
  return { document: { ...document, schema: { ...document.schema, shape, safeParse } }, checks: () => checks };
}

it('planImages: each image has its own file of a folder of masks, and the folder where there is none', async () => {
  const { document } = counted([{ kind: 'file', path: 'masks' }]);
  const at = await planImages(document, inputs);
  expect(inputs.map((_, i) => at(i).recipe.sources)).toMatchObject([
    [{ path: join(root, 'masks', 'a.png') }],
    [{ path: join(root, 'masks', 'b.mask.png') }],
    [{ path: join(root, 'masks') }],
  ]);
});

it('planImages: the recipe of an image with mask files is checked once', async () => {
  const { document, checks } = counted([{ kind: 'file', path: 'masks/{stem}.png' }]);
  const at = await planImages(document, inputs);
  for (let i = 0; i < inputs.length; i++) at(i);
  expect(checks()).toBe(inputs.length);
});

it('planImages: without mask files no recipe is checked before its image is planned', async () => {
  const { document, checks } = counted([{ kind: 'prompt', prompt: 'orange' }]);
  const at = await planImages(document, inputs);
  expect(checks()).toBe(1);
  inputs.forEach((_, i) => at(i));
  expect(checks()).toBe(inputs.length);
});

it('planRun: what a run wrote into the folder of its inputs is no input of the next, unless it is named', async () => {
  const folder = join(root, 'photos');
  mkdirSync(folder);
  for (const name of ['a.png', 'a.hsv.s.png', 'b.jpg', 'c.hsv.s.png']) writeFileSync(join(folder, name), '');
  const document = recipeFromData({ outputs: [{ kind: 'channel', channels: ['hsv.s'] }] }, root);
  const inputsOf = async (names: string[], outdir = folder): Promise<string[]> =>
    (await planRun(document, { names, outdir })).inputs.map(({ path }) => basename(path));
  // No c.* is an input: c.hsv.s.png is an image as any other.
  expect(await inputsOf([folder])).toEqual(['a.png', 'b.jpg', 'c.hsv.s.png']);
  expect(await inputsOf([join(folder, '*.png')])).toEqual(['a.png', 'c.hsv.s.png']);
  expect(await inputsOf([join(folder, 'a.png'), join(folder, 'a.hsv.s.png')])).toEqual(['a.png', 'a.hsv.s.png']);
  expect(await inputsOf([folder], join(root, 'elsewhere'))).toHaveLength(4);
});
