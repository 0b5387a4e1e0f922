import { expect, it } from 'vitest';
import { warnOfIdleFields } from '../../../src/recipe/idle-fields.js';
import { parseRecipe } from '../../../src/recipe/read-recipe.js';
import { resolveRecipe } from '../../../src/recipe/resolve-recipe.js';

function warnings(sources: string, fields = '', output = '{ kind: mask }'): string[] {
  const text = `${fields}\nsources:\n  - ${sources}\noutputs:\n  - ${output}\n`;
  return warnOfIdleFields(
    resolveRecipe(parseRecipe(text, 'r.yaml', '.'), { stem: 'photo', parent: 'in', index: '1' }),
  ).map((line) => line.split(' ')[0]!);
}

const POINT = "{ kind: seeds, points: ['3,4'] }";

it.each<[string, string, string, string[]]>([
  [
    'prompts use all fields of detection',
    '{ kind: prompt, prompt: dog }',
    'threshold: 0.3\nrefine: best\ndetail: parts',
    [],
  ],
  ['mask files use none', '{ kind: file, path: m.png }', 'threshold: 0.3\nrefine: best', ['threshold', 'refine']],
  ['refine: off asks for nothing', '{ kind: file, path: m.png }', 'refine: off', []],
  ['points without a model are not refined', POINT, 'refine: best', ['refine']],
  ['points with a model are refined', POINT, 'refine: best\nsegmenter: sam2\nthreshold: 0.3', ['threshold']],
  ['parts are refined', '{ kind: part, parts: [hair] }', 'refine: best\ndetail: parts', ['detail']],
  ['what stands in front is soft, and not refined', '{ kind: subject }', 'refine: best', ['refine']],
  ['boxes of phrases are refined with a model only', '{ kind: ground, phrase: car }', 'refine: best', ['refine']],
  ['boxes of phrases and a model', '{ kind: ground, phrase: car }', 'refine: best\nsegmenter: edgetam', []],
])('%s', (_, source, fields, expected) => {
  expect(warnings(source, fields)).toEqual(expected);
});

it('a trimap needs matte, and decontamination an output with colors', () => {
  expect(warnings(POINT, 'trimap: t.png')).toEqual(['trimap']);
  expect(warnings(POINT, 'trimap: t.png\nmask: { matte: auto }')).toEqual([]);
  expect(warnings(POINT, 'trimap: t.png\nmask: { matte: 12 }')).toEqual(['matte:']);
  expect(warnings(POINT, 'mask: { matte: 12 }')).toEqual([]);
  expect(warnings(POINT, 'decontaminate: true')).toEqual(['decontaminate']);
  expect(warnings(POINT, 'decontaminate: true', '{ kind: inpaint }')).toEqual([]);
});
