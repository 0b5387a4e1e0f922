import { expect, it } from 'vitest';
import { provenanceText } from '../../../../src/io/image/provenance.js';

function recorded(provenance: Readonly<Record<string, unknown>>): unknown {
  const { version: _, ...rest } = JSON.parse(provenanceText(provenance)['maskwright']!) as Record<string, unknown>;
  return rest;
}

it('the text of a file holds base names, whatever folder was typed', () => {
  expect(
    recorded({
      sources: [
        { mask: '/home/me/client/mask.png' },
        { mask: 'masks/a.png' },
        { file: 'C:\\Users\\me\\depth.exr' },
        { text: 'cup OR @"my masks/b c.png" AND @/home/me/d.png{+2px}' },
      ],
      model: '/home/me/models/tiny',
    }),
  ).toEqual({
    sources: [
      { mask: 'mask.png' },
      { mask: 'a.png' },
      { file: 'depth.exr' },
      { text: 'cup OR @"b c.png" AND @d.png{+2px}' },
    ],
    model: 'tiny',
  });
});

it('what is no path stays: model names, prompts with a slash, operations, numbers', () => {
  const provenance = {
    model: 'Xenova/clipseg-rd64-refined',
    text: 'black/white cat',
    mask: { grow: '12px' },
    threshold: 0.5,
  };
  expect(recorded(provenance)).toEqual(provenance);
});
