import { parsePrompts } from '../../prompts/parse-prompt.js';
import { printPrompt } from '../../prompts/print-prompt.js';
import type { PromptTree } from '../../prompts/prompt-tree.js';

/** A prompt without its selection of instances, and the ranks by area that it keeps. Undefined keeps all. */
interface KeptInstances {
  readonly base: PromptTree;
  readonly kept: ReadonlySet<number> | undefined;
}

/** Reads `a#1` and `a#1 OR a#3..4`. Any other prompt keeps all of its instances. */
function readKept(tree: PromptTree): KeptInstances {
  const parts = tree.kind === 'combine' && tree.operator === 'or' ? tree.operands : [tree];
  const kept = new Set<number>();
  let base: PromptTree | undefined;
  for (const part of parts) {
    if (part.kind !== 'instances' || part.selector.order !== 'largest') {
      return { base: tree, kept: undefined };
    }
    base ??= part.operand;
    if (JSON.stringify(base) !== JSON.stringify(part.operand)) {
      return { base: tree, kept: undefined };
    }
    for (let rank = part.selector.first; rank <= part.selector.last; rank++) {
      kept.add(rank);
    }
  }
  return { base: base!, kept };
}

/** The prompt whose instances can be clicked: `a` of `a#1 OR a#3`. */
export function withoutInstances(prompt: string): string {
  const { base, kept } = readKept(parsePrompts(prompt)[0]!.tree);
  return kept === undefined ? prompt : printPrompt(base);
}

/**
 * The prompt with one of its instances on or off: `orange` without the second of three is `orange#largest OR orange#3`.
 * Undefined where none would be left.
 *
 * @param rank of the instance by area, 1 is the largest
 * @param count of all instances of `withoutInstances(prompt)`
 */
export function toggleInstance(prompt: string, rank: number, count: number): string | undefined {
  const { base, kept } = readKept(parsePrompts(prompt)[0]!.tree);
  const ranks = Array.from({ length: count }, (_, i) => i + 1).filter(
    (each) => (kept === undefined || kept.has(each)) !== (each === rank),
  );
  if (ranks.length === 0) {
    return undefined;
  }
  if (ranks.length === count) {
    return printPrompt(base);
  }
  const ranges: { first: number; last: number }[] = [];
  for (const each of ranks) {
    const before = ranges.at(-1);
    if (before?.last === each - 1) {
      before.last = each;
    } else {
      ranges.push({ first: each, last: each });
    }
  }
  const operands = ranges.map((range): PromptTree => ({
    kind: 'instances',
    operand: base,
    selector: { order: 'largest', ...range },
  }));
  return printPrompt(operands.length === 1 ? operands[0]! : { kind: 'combine', operator: 'or', operands });
}
