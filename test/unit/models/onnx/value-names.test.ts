import { expect, it } from 'vitest';
import { findValueNames } from '../../../../src/models/onnx/value-names.js';

const isFloat = (name: string): boolean => /image|pixel|float/.test(name);

it('the names of transformers.js are used wherever they are, whatever else there is', () => {
  const inputs = ['position_ids', 'image_mask_float', 'attention_mask', 'pixel_values', 'input_ids'];
  expect(findValueNames(inputs, isFloat, ['masks', 'logits'])).toEqual({
    image: 'pixel_values',
    ids: 'input_ids',
    mask: 'attention_mask',
    output: 'logits',
  });
});

it('other names are found by type, the mask by its name, and the only output is the output', () => {
  expect(findValueNames(['text', 'text_mask_float', 'image'], isFloat, ['out'])).toEqual({
    image: 'image',
    ids: 'text',
    mask: 'text_mask_float',
    output: 'out',
  });
  expect(findValueNames(['image', 'tokens'], isFloat, ['embeds', 'pred_masks']).output).toBe('pred_masks');
});
