import { literal } from '../../recipe/interpolate.js';
import { BUILT_IN } from '../../recipe/variables.js';

/** A path in which `{stem}`, `{parent}`, `{folder}`, `{index}` and `{path}` stand for the image; other braces stay. */
export function template(path: string): string {
  return literal(path).replace(/\{\{(\w+)\}\}/g, (whole, name: string) =>
    BUILT_IN.some((known) => known === name) ? `{${name}}` : whole,
  );
}
