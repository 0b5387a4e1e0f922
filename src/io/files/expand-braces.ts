import { MaskwrightError } from '../../errors.js';

const MAX_PATTERNS = 1000;

/**
 * The patterns that a pattern with alternatives stands for, as a shell expands them: `a{b,c/d}` is `ab` and `ac/d`.
 * Braces may nest. Those without a comma, such as the ranges `{1..3}`, stay. A backslash takes the meaning from the
 * character behind it.
 *
 * Throws `USAGE` for more than a thousand patterns.
 */
export function expandBraces(pattern: string): string[] {
  const pending = [pattern];
  const done: string[] = [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const group = findAlternatives(next);
    if (group === undefined) {
      done.push(next);
    } else {
      const { begin, end, alternatives } = group;
      // From the last, so that the first is taken next.
      for (const alternative of alternatives.toReversed()) {
        pending.push(next.slice(0, begin) + alternative + next.slice(end));
      }
    }
    if (pending.length + done.length > MAX_PATTERNS) {
      throw new MaskwrightError('USAGE', `${JSON.stringify(pattern)} stands for more than ${MAX_PATTERNS} patterns`, {
        hint: 'name a folder, or give the list with --files-from',
      });
    }
  }
  return [...new Set(done)];
}

/** The first braces with a comma in them, those inside others first. */
function findAlternatives(
  pattern: string,
): { readonly begin: number; readonly end: number; readonly alternatives: string[] } | undefined {
  const open: { readonly begin: number; readonly commas: number[] }[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i];
    if (character === '\\') {
      i++;
    } else if (character === '{') {
      open.push({ begin: i, commas: [] });
    } else if (character === ',') {
      open.at(-1)?.commas.push(i);
    } else if (character === '}') {
      const group = open.pop();
      if (group !== undefined && group.commas.length > 0) {
        const ends = [group.begin, ...group.commas, i];
        const alternatives = ends.slice(1).map((end, k) => pattern.slice(ends[k]! + 1, end));
        return { begin: group.begin, end: i + 1, alternatives };
      }
    }
  }
  return undefined;
}
