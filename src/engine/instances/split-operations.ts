import type { MaskOperations } from '../apply-mask-operations.js';

/** The operations that decide what is selected. The others change the edge of what is. */
const DECIDING: readonly string[] = [
  'normalize',
  'levels',
  'threshold',
  'open',
  'close',
  'fillHoles',
  'removeSmall',
  'keepLargest',
  'element',
] satisfies (keyof MaskOperations)[];

/**
 * Divides steps of mask operations at the place where a selection is separated into instances: after small components
 * are removed and before anything grows or fades, so that instances do not run together. All later steps are for each
 * instance by itself.
 *
 * @example
 * import { splitOperations } from 'maskwright/engine';
 *
 * splitOperations([{ removeSmall: '1%', grow: 12 }]); // { whole: [{ removeSmall: '1%' }], each: [{ grow: 12 }] }
 */
export function splitOperations(steps: readonly MaskOperations[]): {
  readonly whole: readonly MaskOperations[];
  readonly each: readonly MaskOperations[];
} {
  const [first, ...later] = steps;
  if (first === undefined) {
    return { whole: [], each: [] };
  }
  const entries = Object.entries(first);
  const whole = Object.fromEntries(entries.filter(([name]) => DECIDING.includes(name)));
  const each = Object.fromEntries(entries.filter(([name]) => !DECIDING.includes(name) || name === 'element'));
  return { whole: [whole], each: [each, ...later] };
}
