import { expect, it } from 'vitest';
import { toggleInstance, withoutInstances } from '../../../../src/studio/model/toggle-instance.js';

it('an instance that is clicked goes, and comes back when it is clicked again', () => {
  const two = toggleInstance('orange', 2, 4)!;
  expect(two).toBe('orange#largest OR orange#3..4');
  expect(toggleInstance(two, 4, 4)).toBe('orange#largest OR orange#3');
  expect(toggleInstance(two, 2, 4)).toBe('orange');
  expect(withoutInstances(two)).toBe('orange');
});

it('the instances of an expression are those of all of it', () => {
  expect(toggleInstance('face AND NOT hair', 1, 2)).toBe('(face AND NOT hair)#2');
  expect(withoutInstances('(face AND NOT hair)#2')).toBe('face AND NOT hair');
  expect(toggleInstance('cat OR dog', 2, 2)).toBe('(cat OR dog)#largest');
});

it('the last instance that is left cannot be expressed as a prompt', () => {
  expect(toggleInstance('orange', 1, 1)).toBeUndefined();
  expect(toggleInstance('orange#3', 3, 3)).toBeUndefined();
});

it('selectors that are not ranks by area are part of the prompt', () => {
  expect(withoutInstances('orange#left OR orange#1')).toBe('orange#left OR orange#1');
  expect(toggleInstance('orange#left', 1, 2)).toBe('orange#left#2');
});
