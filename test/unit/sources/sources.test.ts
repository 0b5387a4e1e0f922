import { expect, it } from 'vitest';
import { type MaskSource, namesOf } from '../../../src/sources/sources.js';

const file = (path: string): MaskSource => ({ kind: 'file', path });

it('a mask file is named by its base name without ending, wherever it lies', () => {
  expect(namesOf([file('/work/photos/masks/hair.png')])).toEqual(['hair']);
  expect(namesOf([file('s3://bucket/masks/hair.mask.png')])).toEqual(['hair.mask']);
});

it('a mask of an annotation file is named by its category, or by the file and the number of the annotation', () => {
  expect(namesOf([file('data/annotations.json#cat'), file('data/labels.png#3')])).toEqual(['cat', 'labels 3']);
});

it('files of one name are distinguished by their folders; other files carry none', () => {
  expect(namesOf([file('a/m.png'), file('b/m.png'), file('c/hair.png')])).toEqual(['a m', 'b m', 'hair']);
});

it('two sources without a file keep one name, so that their collision is reported', () => {
  const channel: MaskSource = { kind: 'channel', channel: 'hsv.s' };
  expect(namesOf([channel, channel])).toEqual(['hsv.s', 'hsv.s']);
});
