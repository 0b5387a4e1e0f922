import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible } from '../../../src/cli/escape-control-characters.js';
import { MaskwrightError } from '../../../src/errors.js';
import { parseRecipe } from '../../../src/recipe/read-recipe.js';
import { resolveRecipe } from '../../../src/recipe/resolve-recipe.js';
import type { Recipe } from '../../../src/recipe/schema.js';
import { propertyRuns } from '../../support/property-runs.js';

const BUILT_IN = { stem: 'photo', parent: 'in', index: '1' };

function read(text: string, variables: Record<string, string> = {}): Recipe {
  return resolveRecipe(parseRecipe(text, 'r.yaml', 'recipes'), { ...BUILT_IN, ...variables });
}

/** The message of the error that reading throws. */
function mistakeIn(text: string): string {
  try {
    read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(MaskwrightError);
    expect((error as MaskwrightError).code).toBe('RECIPE_INVALID');
    return (error as Error).message;
  }
  throw new Error('it was read without a issue');
}

const LEAST = `
sources:
  - { kind: prompt, prompt: orange }
outputs:
  - { kind: mask }
`;

describe('a recipe', () => {
  it('has defaults for all but sources and outputs', () => {
    expect(read(LEAST)).toMatchObject({
      sources: [{ kind: 'prompt', prompt: { text: 'orange' } }],
      combine: 'union',
      mask: [],
      outputs: [{ kind: 'mask', name: '{stem}.mask.{ext}' }],
      outdir: 'recipes/outputs',
    });
  });

  it('variables are filled in, as numbers too, and resolves paths from its own folder', () => {
    const recipe = read(
      `
model: '{which}'
sources:
  - { kind: prompt, prompt: 'the {color} cup{+12px}', threshold: '{sure}' }
  - { kind: file, path: 'masks/{stem}.png' }
  - { kind: file, path: /abs/m.png }
mask: { grow: '{much}%', feather: 8 }
outputs:
  - { kind: inpaint, name: '{color}/{stem}.{kind}.{ext}', opacity: '{sure2}' }
`,
      { which: 'tiny', color: 'blue', sure: '0.4', much: '2', sure2: '20' },
    );
    expect(recipe).toMatchObject({
      model: 'tiny',
      sources: [
        { prompt: { text: 'the blue cup{+12px}' }, threshold: 0.4 },
        { path: 'recipes/masks/photo.png' },
        { path: '/abs/m.png' },
      ],
      mask: [{ grow: '2%', feather: 8 }],
      outputs: [{ name: 'blue/photo.{kind}.{ext}', opacity: 20 }],
    });
  });

  it('takes a prompt with ; as several sources, and shapes in a list one after the other', () => {
    const recipe = read(`
sources: [{ kind: prompt, prompt: orange; cup }]
mask: [{ grow: 2 }, { invert: true }]
outputs: [{ kind: mask }]
`);
    expect(recipe.sources).toHaveLength(2);
    expect(recipe.mask).toEqual([{ grow: 2 }, { invert: true }]);
  });

  it('takes a model in the folder of the recipe for a folder, and a hub id as it stands', () => {
    const modelOf = (model: string): unknown =>
      read(`outputs: [{ kind: layers, depth: { model: ${model} } }]`).outputs.map((output) =>
        output.kind === 'layers' ? output.depth : undefined,
      )[0];
    expect(modelOf('./nets/own')).toMatchObject({ model: './recipes/nets/own' });
    expect(modelOf('someone/depth')).toMatchObject({ model: 'someone/depth' });
    expect(modelOf("'{which}'".replace('{which}', 'tiny'))).toMatchObject({ model: 'tiny', acceptLicense: false });
  });

  it('lets no variable name another folder', () => {
    const { outputs } = read(LEAST.replace('{ kind: mask }', "{ kind: mask, name: '{who}.png' }"), {
      who: '../../{stem}',
    });
    expect(outputs[0]!.name).toBe('.._.._{stem}.png'.replaceAll(/[{}]/g, '_'));
  });
});

describe('an issue of a recipe is reported with line, column and hint', () => {
  it.each<[string, string, RegExp]>([
    ['a wrong key', LEAST + 'outdri: x\n', /^r\.yaml:6:1: outdri is not known here\n {2}did you mean outdir\?$/],
    [
      'a wrong key inside',
      LEAST.replace('prompt: orange', 'prompt: orange, treshold: 1'),
      /^r\.yaml:3:37: sources\[0\]\.treshold .*\n.*threshold\?$/,
    ],
    ['a number out of range', LEAST + 'threshold: 1.5\n', /^r\.yaml:6:12: threshold is 1\.5, but must be at most 1$/],
    [
      'a word for a number',
      LEAST + 'threshold: high\n',
      /^r\.yaml:6:12: threshold is "high", but must be a number or auto$/,
    ],
    [
      'a wrong choice of two forms',
      LEAST + 'detail: tiles\n',
      /^r\.yaml:6:9: detail is "tiles", but must be off or parts or a group of/,
    ],
    ['a wrong choice', LEAST + 'combine: unoin\n', /^r\.yaml:6:10: combine is "unoin"\n {2}did you mean union\?/],
    [
      'a wrong kind',
      LEAST.replace('kind: mask', 'kind: maks'),
      /^r\.yaml:5:13: outputs\[0\]\.kind is "maks"\n {2}did you mean mask\? known are mask, debug/,
    ],
    [
      'no kind',
      LEAST.replace('kind: prompt, ', ''),
      /^r\.yaml:3:5: sources\[0\]\.kind is missing\n {2}known are prompt, file/,
    ],
    [
      'no sources',
      LEAST.replace(/sources[^]*(?=outputs)/, ''),
      /^r\.yaml:2:1: sources: missing, and mask needs a mask$/,
    ],
    ['no outputs', LEAST.replace(/outputs[^]*/, ''), /^r\.yaml:2:1: outputs is missing/],
    ['an empty list', LEAST.replace(/outputs[^]*/, 'outputs: []'), /^r\.yaml:4:10: outputs needs at least 1 entry$/],
    ['a list for a text', LEAST + 'model: [tiny]\n', /^r\.yaml:6:8: model is \["tiny"\], but must be text$/],
    ['a length that is none', LEAST + 'mask: { grow: 12 miles }\n', /^r\.yaml:6:15: .*12 miles.*12px/],
    ['an issue in one of two forms', LEAST + 'mask: [{ grwo: 12 }]\n', /^r\.yaml:6:10: mask\[0\]\.grwo .*\n.*grow\?$/],
    ['a prompt that does not parse', LEAST.replace('orange', "'(orange'"), /^r\.yaml:3:29: sources\[0\]\.prompt/],
    [
      'an unknown variable',
      LEAST.replace('orange', "'{colr}'") + 'variables: { color: red }\n',
      /^r\.yaml:3:29: there is no variable \{colr\}/,
    ],
    ['broken YAML', 'sources: [\n  a: b: c', /^r\.yaml:2:\d+: /],
    ['a key twice', LEAST + 'combine: union\ncombine: xor\n', /^r\.yaml:7:1: /],
    ['a list as a whole', '- a\n', /^r\.yaml:1:1: the recipe is \["a"\], but must be a group/],
    ['nothing', '', /^r\.yaml:1:1: the recipe is null, but must be a group/],
  ])('%s', (_, text, expected) => {
    expect(mistakeIn(text)).toMatch(expected);
  });

  it.each<[string, string, RegExp]>([
    [
      'a license that is not accepted',
      '{ kind: layers, depth: { model: large } }',
      /^r\.yaml:1:35: outputs\[0\]\.depth: .*not for commercial use\n.*acceptLicense: true, or use model: small$/,
    ],
    ['a wrong key', '{ kind: layers, depth: { modle: tiny } }', /^r\.yaml:1:37: .*\n {2}did you mean model\?$/],
    ['cuts that do not rise', '{ kind: layers, split: { at: [0.6, 0.2] } }', /^r\.yaml:1:35: .*0\.6,0\.2/],
    ['layers that cuts do not make', '{ kind: layers, layers: 5, split: { at: [0.5] } }', /^r\.yaml:1:36: .*make 2\n/],
    [
      'what goes with a map, with a network',
      '{ kind: layers, channel: Z, depth: { model: tiny } }',
      /^r\.yaml:1:37: outputs\[0\]\.channel: goes with a depth map\n/,
    ],
    ['names in two ways', "{ kind: layers, name: '{kind}.png', suffix: x }", /^r\.yaml:1:56: .*suffix/],
    ['channels of no name', '{ kind: channel, channels: [hsv.q] }', /^r\.yaml:1:40: outputs\[0\]\.channels\[0\]/],
    ['no channel', '{ kind: channel }', /^r\.yaml:1:12: outputs\[0\]\.channels: missing/],
    ['a range that is none', '{ kind: depth, range: { min: 2, max: 1 } }', /^r\.yaml:1:34: .*2 to 1 is no range$/],
    ['bits', '{ kind: depth, bits: 12 }', /^r\.yaml:1:33: outputs\[0\]\.bits: 12 is neither 8 nor 16$/],
  ])('in outputs of their own: %s', (_, output, expected) => {
    expect(mistakeIn(`outputs: [ ${output} ]\n`)).toMatch(expected);
  });

  it('all issues are reported at once, from the top to the bottom', () => {
    const lines = mistakeIn(LEAST + 'threshold: 2\ncombine: all\n').split('\n');
    expect(lines.filter((line) => /^(?: {2})?r\.yaml:/.test(line)).map((line) => line.split(':')[1])).toEqual([
      '6',
      '7',
    ]);
    // The command line takes no other ends of lines for its own.
    expect(visible(lines.join('\n'))).toBe(lines.join('\n'));
  });

  it('aliases do not multiply without end', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...[...'bcdefghij'].map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghij'[i]}`).join(',')}]`),
    ];
    expect(mistakeIn(bomb.join('\n'))).toMatch(/alias/i);
  });

  it.each([40, 5000, 50_000])('lists in lists, %i deep, do not exhaust the stack', (depth) => {
    expect(mistakeIn('x: ' + '['.repeat(depth) + ']'.repeat(depth))).toMatch(/over 32 deep/);
  });

  it('any text gives a recipe or an error, never a crash', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'sources: text,kind{}[]\n-"\'&*!|>%@`#orange0 '), maxLength: 80 }),
        (text) => {
          try {
            read(text);
          } catch (error) {
            expect(error).toBeInstanceOf(MaskwrightError);
          }
        },
      ),
      { numRuns: propertyRuns(500) },
    );
  });
});
