import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeImage } from '../../../../src/io/image/encode-image.js';
import { parseRecipe } from '../../../../src/recipe/read-recipe.js';
import { type LineOutcome, serveLines } from '../../../../src/run/queue/serve-lines.js';
import { randomRaster } from '../../../support/images.js';

const folder = mkdtempSync(join(tmpdir(), 'maskwright-lines-'));
const RECIPE = `variables: { side: null }
outputs:
  - kind: channel
    channels: [lab.l]
    name: "{stem}-{side}.{ext}"
`;

beforeAll(async () => writeFileSync(join(folder, 'a.png'), await encodeImage(randomRaster(1, 5, 4, 3))));
afterAll(() => rmSync(folder, { recursive: true }));

async function serve(lines: readonly string[], recipe = RECIPE): Promise<LineOutcome[]> {
  const outcomes = [];
  const source = (async function* source() {
    yield* lines;
  })();
  const choice = { document: parseRecipe(recipe, 'recipe.yaml', folder), outdir: join(folder, 'out') };
  for await (const outcome of serveLines(source, choice, { concurrency: 1 })) {
    outcomes.push(outcome);
  }
  return outcomes;
}

describe('serveLines', () => {
  it('each line gives its values to the variables of the recipe', async () => {
    const input = join(folder, 'a.png');
    const lines = ['left', 'right'].map((side, id) => JSON.stringify({ id, input, folder: 'b', set: { side } }));
    const outcomes = await serve(lines);
    expect(outcomes.map(({ id, result }) => [id, result?.files.map(({ path }) => path)])).toEqual([
      [0, [join(folder, 'out/b/a-left.png')]],
      [1, [join(folder, 'out/b/a-right.png')]],
    ]);
  });

  it('a wrong line is answered by its error, and the next one is run', async () => {
    const input = join(folder, 'a.png');
    const good = JSON.stringify({ id: 'good', input, set: { side: 'x' } });
    const wrong = ['{', '{"id": 1}', JSON.stringify({ id: 2, input }), JSON.stringify({ input, set: { sid: 'x' } })];
    const outcomes = await serve([...wrong, '', good]);
    expect(outcomes.map(({ id, error, result }) => [id, error?.code, result && basename(result.input)])).toEqual([
      [undefined, 'USAGE', undefined],
      [undefined, 'USAGE', undefined],
      [2, 'RECIPE_INVALID', undefined],
      [undefined, 'RECIPE_INVALID', undefined],
      ['good', undefined, 'a.png'],
    ]);
  });

  it('a recipe that is wrong for every image is an error before the first line', async () => {
    await expect(serve([], 'outputs:\n  - kind: none\n')).rejects.toMatchObject({ code: 'RECIPE_INVALID' });
    const shared = 'outputs:\n  - kind: depth\n    range: shared\n';
    await expect(serve([], shared)).rejects.toThrow(/shares its range/);
  });
});
