import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { main } from '../../../../src/cli/main.js';
import { recipeFromData } from '../../../../src/recipe/recipe-document.js';
import { resolveRecipe } from '../../../../src/recipe/resolve-recipe.js';
import { imageVariables } from '../../../../src/recipe/variables.js';
import { toArguments, toCommand } from '../../../../src/studio/model/to-command.js';
import { fromRecipe } from '../../../../src/studio/model/from-recipe.js';
import { toRecipe } from '../../../../src/studio/model/to-recipe.js';
import {
  ANNOTATION_FORMATS,
  EMPTY_DOCUMENT,
  EXPORT_KINDS,
  LAYER_MODES,
  type Layer,
  type StudioDocument,
} from '../../../../src/studio/model/studio-document.js';
import { stringify } from '../../../../src/studio/model/write-yaml.js';
import { propertyRuns } from '../../../support/property-runs.js';

const options = {
  input: 'a photo.png',
  outdir: 'outputs',
  model: 'tiny',
  retouch: { add: 'outputs/an add.png', erase: "outputs/it's.png" },
};

const fields = { combine: fc.constantFrom(...LAYER_MODES), enabled: fc.boolean() };
const pixel = fc.integer({ min: 0, max: 90 });
const layer: fc.Arbitrary<Omit<Layer, 'id'>> = fc.oneof(
  fc.record({
    ...fields,
    kind: fc.constant('prompt' as const),
    prompt: fc.constantFrom('orange', 'face AND NOT "it\'s"', 'sky{+12px}', 'a b@0.4', '"{stem}"'),
    threshold: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
  }),
  fc.record({
    ...fields,
    kind: fc.constant('seeds' as const),
    points: fc.array(fc.record({ x: pixel, y: pixel, include: fc.boolean() }), { minLength: 1, maxLength: 3 }),
    boxes: fc.array(fc.record({ x: pixel, y: pixel, width: fc.constant(5), height: fc.constant(7) }), { maxLength: 1 }),
  }),
  fc.record({
    ...fields,
    kind: fc.constant('wand' as const),
    x: pixel,
    y: pixel,
    tolerance: fc.constantFrom(0, 7.5, 30),
    contiguous: fc.boolean(),
  }),
);
const document: fc.Arbitrary<StudioDocument> = fc.record({
  layers: fc
    .array(layer, { maxLength: 4 })
    .map((layers) => layers.map((item, id): Layer => ({ ...item, id }) as Layer)),
  refine: fc.constantFrom('fast' as const, 'best' as const, 'off' as const),
  operations: fc.record({
    close: fc.constantFrom(0, 3),
    open: fc.constantFrom(0, 2),
    fillHoles: fc.boolean(),
    removeSmall: fc.constantFrom(0, 40),
    keepLargest: fc.constantFrom(0, 2),
    grow: fc.constantFrom(0, 6, -3),
    feather: fc.constantFrom(0, 4),
    invert: fc.boolean(),
  }),
  strokes: fc.constantFrom(
    [],
    [{ shape: 'line' as const, mode: 'add' as const, points: [1, 1], radius: 2, hardness: 1 }],
  ),
  output: fc.record({
    kind: fc.constantFrom(...EXPORT_KINDS),
    target: fc.constantFrom('comfyui', 'openai'),
    fitTarget: fc.boolean(),
    context: fc.constantFrom(1.5, 3),
    size: fc.constantFrom(0, 512),
    format: fc.constantFrom(...ANNOTATION_FORMATS),
  }),
});

/** A recipe as the runner sees it: every default in its place. */
function resolved(data: unknown): unknown {
  return JSON.parse(
    JSON.stringify(resolveRecipe(recipeFromData(data), imageVariables({ path: options.input }, 0))),
  ) as unknown;
}

afterEach(() => vi.restoreAllMocks());

it('the options of a command say what the recipe says', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const said = document.filter((drawn) => toArguments(drawn, options) !== undefined);
  await fc.assert(
    fc.asyncProperty(said, async (drawn) => {
      write.mockClear();
      await main([...toArguments(drawn, options)!, '--print-recipe']);
      const printed = parse(String(write.mock.calls[0]![0])) as unknown;
      expect(resolved(printed)).toEqual(resolved(toRecipe(drawn, options)));
    }),
    { numRuns: propertyRuns(150) },
  );
});

it('the YAML of a recipe is read back as its data, and any other command holds it', () => {
  fc.assert(
    fc.property(document, (drawn) => {
      const recipe = toRecipe(drawn, options);
      const data = JSON.parse(JSON.stringify(recipe)) as unknown;
      expect(parse(stringify(recipe))).toEqual(data);
      if (toArguments(drawn, options) === undefined) {
        const command = toCommand(drawn, options);
        const text = /^maskwright run - <<'RECIPE'\n([^]*\n)RECIPE$/.exec(command)![1]!;
        expect(parse(text)).toEqual(data);
      }
    }),
    { numRuns: propertyRuns(100) },
  );
});

it('a recipe that was copied opens as the document that it came from', () => {
  fc.assert(
    fc.property(document, (drawn) => {
      const shown = { ...drawn, strokes: [], layers: drawn.layers.filter(({ enabled }) => enabled) };
      fc.pre(shown.layers.length > 0 && shown.layers.some(({ combine }) => combine === 'union'));
      const opened = fromRecipe(toRecipe(shown, options));
      expect(opened.skipped).toEqual([]);
      expect(resolved(toRecipe(opened.document, options))).toEqual(resolved(toRecipe(shown, options)));
    }),
    { numRuns: propertyRuns(100) },
  );
});

it('what the shell would take apart is quoted', () => {
  const layers: Layer[] = [
    { kind: 'prompt', id: 1, combine: 'union', enabled: true, prompt: `it's $HOME`, threshold: 0.5 },
  ];
  expect(toCommand({ ...EMPTY_DOCUMENT, layers }, { ...options, model: undefined })).toBe(
    `maskwright inpaint 'a photo.png' -p 'it'\\''s $HOME' 0.5 --target comfyui`,
  );
});

it('what of a recipe the studio has no place for is named, and never opened as something else', () => {
  const { document, skipped } = fromRecipe({
    sources: [
      { kind: 'subject' },
      { kind: 'prompt', prompt: 'pear', threshold: 'auto' },
      { kind: 'prompt', prompt: 'fig', feather: 3 },
      { kind: 'prompt', prompt: 'orange', threshold: 0.3 },
    ],
    splitTouching: true,
    retouch: { add: 'a.png' },
    outputs: [{ kind: 'trimap' }, { kind: 'mask' }],
  });
  expect(document.layers).toMatchObject([{ kind: 'prompt', prompt: 'orange', threshold: 0.3 }]);
  expect(skipped).toEqual([
    'the source subject',
    'the source pear',
    'the source fig',
    'splitTouching',
    'retouch',
    'the output trimap',
    'the output mask',
  ]);
});
