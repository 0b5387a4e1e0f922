import { expect, it } from 'vitest';
import { locateModel } from '../../../../src/models/registry/locate-model.js';

it('a name that another kind of model has is reported with what that one does', () => {
  expect(() => locateModel({ model: 'tiny' }, 'mask-generation')).toThrow(
    expect.objectContaining({
      code: 'MODEL_NOT_FOUND',
      message: 'a model for mask-generation is needed, and text-segmentation is done by "tiny"',
      hint: expect.stringContaining('edgetam, sam2, slimsam') as string,
    }),
  );
  expect(() => locateModel({ model: 'tinny' }, 'mask-generation')).toThrow('there is no model "tinny"');
});
