import { nearest } from '../closest-match.js';
import { safeNamePart } from '../io/files/output-names.js';
import { staysInside } from '../io/files/output-path.js';

/** Values of the placeholders in a recipe. */
export type Variables = Readonly<Record<string, string>>;

/** A placeholder that stands for nothing, and where it is. */
export interface UnknownPlaceholder {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint: string;
}

/** Left in names: they are replaced when the file is named. */
const LATER = new Set(['text', 'kind', 'ext', 'instance']);

/** `{name}`, or `{{name}}`, which stands for `{name}` as it is. */
const PLACEHOLDER = /\{\{([A-Za-z_]\w*)\}\}|\{([A-Za-z_]\w*)\}/g;

/** Text that interpolation gives back as it is. */
export function literal(text: string): string {
  return text.replace(/\{([A-Za-z_]\w*)\}/g, '{{$1}}');
}

/**
 * A copy of plain data with `{name}` in its strings replaced by variables. Under the keys `name` and `outdir`, where
 * paths of outputs are built, the value of a variable cannot lead to another folder.
 */
export function interpolate(
  value: unknown,
  variables: Variables,
  report: (unknown: UnknownPlaceholder) => void,
  path: readonly (string | number)[] = [],
): unknown {
  if (typeof value === 'string') {
    const isName = path.at(-1) === 'name';
    return value.replace(PLACEHOLDER, (whole, escaped: string | undefined, key: string) => {
      if (escaped !== undefined) {
        return isName ? whole : `{${escaped}}`;
      }
      if (isName && LATER.has(key)) {
        return whole;
      }
      if (!Object.hasOwn(variables, key)) {
        const known = Object.keys(variables);
        const near = nearest(key, known);
        report({
          path,
          message: `there is no variable ${whole}`,
          hint:
            near === undefined ? `known are ${known.map((name) => `{${name}}`).join(' ')}` : `did you mean {${near}}?`,
        });
        return whole;
      }
      // The folder of the input is where the user put it; all other values may come from somebody else.
      if (path.at(-1) === 'outdir' && key !== 'folder' && !staysInside(variables[key]!)) {
        report({
          path,
          message: `${whole} is ${JSON.stringify(variables[key])}, which leads out of the output folder`,
          hint: 'use a folder name without ..; --output-dir names any folder',
        });
      }
      return isName ? safeNamePart(variables[key]!).replaceAll(/[{}]/g, '_') : variables[key]!;
    });
  }
  if (Array.isArray(value)) {
    return value.map((item, i) => interpolate(item, variables, report, [...path, i]));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, interpolate(item, variables, report, [...path, key])]),
    );
  }
  return value;
}
