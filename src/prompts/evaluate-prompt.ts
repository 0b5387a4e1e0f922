import { findInstances } from '../engine/instances/find-instances.js';
import { keepInstances } from '../engine/instances/keep-instances.js';
import { selectInstances } from '../engine/instances/select-instances.js';
import { dilate } from '../engine/morphology/dilate.js';
import { erode } from '../engine/morphology/erode.js';
import { type Heatmap, heatmapToMask, type Mask, resizeHeatmap, type Size } from '../raster/index.js';
import {
  remapProbability,
  complement,
  maskToHeatmap,
  maximum,
  minimum,
  scaleHeatmap,
  without,
} from './heatmap-math.js';
import { type CombineOperator, operandsOf, type PromptTree } from './prompt-tree.js';

/** Heatmaps and masks of the leaves of a tree. */
export interface PromptOperands {
  /** The heatmap of a phrase. Its size is free; it covers the whole image. */
  readonly phrase: (phrase: string) => Heatmap;
  /** The coverage of a mask file, at the size of the image. */
  readonly file: (path: string) => Mask;
}

/** How a prompt is evaluated. */
export interface EvaluatePromptOptions {
  /** Whether `#` selectors separate touching instances; false by default. */
  readonly splitTouching?: boolean | undefined;
  /** Called for each `#` selector that names no instance, with the number of instances that there are. */
  readonly onMissingInstance?: ((tree: InstancesNode, count: number) => void) | undefined;
}

/** A selector of instances in a prompt tree: `person#left`. */
export type InstancesNode = Extract<PromptTree, { kind: 'instances' }>;

/**
 * Evaluates a prompt to a heatmap of the image's size by the operators of fuzzy sets (Zadeh 1965): `OR` is the larger
 * of two probabilities, `AND` the smaller, `NOT` is 1 - x, `-` is `AND NOT`, `XOR` is one without the other. Lengths
 * are in pixels of the image; growing and shrinking is by a disc.
 *
 * A term with a threshold (`hair@0.6`) is mapped so that its threshold becomes the threshold of the expression around
 * it: its probabilities below and above are stretched linearly. Below a `NOT` that is 1 - threshold, so that
 * `NOT hair@0.6` is the complement of `hair@0.6` at any threshold.
 *
 * A term with a selector (`person#left`) keeps only some of its connected components, see `findInstances`; the
 * pixels of the others become 0. A selector that names no instance selects nothing.
 *
 * @param threshold the threshold that will be applied to the result, 0..1
 *
 * @example
 * import { createHeatmap, evaluatePrompt, type Heatmap, parsePrompt } from 'maskwright';
 *
 * const empty = createHeatmap(4, 4);
 * const size = { width: 4, height: 4 };
 * const operands = { phrase: () => empty, file: () => { throw new Error('no files'); } };
 * const heatmap: Heatmap = evaluatePrompt(parsePrompt('NOT cat'), operands, size, 0.5);
 */
export function evaluatePrompt(
  tree: PromptTree,
  operands: PromptOperands,
  size: Size,
  threshold: number,
  options: EvaluatePromptOptions = {},
): Heatmap {
  const xorSides = new Map<PromptTree, BothSides>();
  const reported = new Set<PromptTree>();
  const diagonal = Math.hypot(size.width, size.height);

  const evaluate = (node: PromptTree, cut: Cut): Heatmap => {
    switch (node.kind) {
      case 'phrase':
        return resizeHeatmap(operands.phrase(node.phrase), size);
      case 'file':
        return maskToHeatmap(operands.file(node.path));
      case 'not':
        return complement(evaluate(node.operand, negate(cut)));
      case 'threshold':
        return remapProbability(
          evaluate(node.operand, { threshold: node.threshold, negated: false }),
          node.threshold,
          valueOf(cut),
        );
      case 'instances':
        return evaluateInstances(node, valueOf(cut), evaluate(node.operand, cut));
      case 'scale':
        return scaleHeatmap(evaluate(node.operand, cut), node.by === '*' ? node.amount : 1 / node.amount);
      case 'grow': {
        const radiusPx = node.unit === 'px' ? node.amount : (node.amount / 100) * diagonal;
        return growHeatmap(evaluate(node.operand, cut), node.direction, Math.min(radiusPx, diagonal));
      }
      case 'combine':
        return node.operator === 'xor'
          ? evaluateXor(node, cut)[cut.negated ? 'negated' : 'direct']
          : node.operands
              .slice(1)
              .reduce(
                (left, right) =>
                  combine(node.operator, left, evaluate(right, node.operator === 'subtract' ? negate(cut) : cut)),
                evaluate(node.operands[0]!, cut),
              );
    }
  };

  // Each side of an XOR needs both sides of its operands. They are cached, so that nested ones do not double the work.
  const evaluateXor = (node: PromptTree, cut: Cut): BothSides => {
    const known = xorSides.get(node);
    if (known !== undefined) {
      return known;
    }
    const direct = { ...cut, negated: false };
    const sides = operandsOf(node)
      .map((operand): BothSides => ({ direct: evaluate(operand, direct), negated: evaluate(operand, negate(direct)) }))
      .reduce((left, right) => ({
        direct: maximum(without(left.direct, right.negated), without(right.direct, left.negated)),
        negated: maximum(without(left.negated, right.direct), without(right.negated, left.direct)),
      }));
    xorSides.set(node, sides);
    return sides;
  };

  const evaluateInstances = (node: InstancesNode, at: number, heatmap: Heatmap): Heatmap => {
    const instances = findInstances(heatmap, { threshold: at, splitTouching: options.splitTouching });
    const kept = selectInstances(instances, node.selector);
    if (kept.length === 0 && !reported.has(node)) {
      reported.add(node);
      options.onMissingInstance?.(node, instances.instances.length);
    }
    return keepInstances(heatmap, instances, kept, at);
  };
  return evaluate(tree, { threshold, negated: false });
}

/** The threshold that will be applied to the heatmap of a node: `threshold`, or 1 - `threshold` below a `NOT`. */
interface Cut {
  readonly threshold: number;
  readonly negated: boolean;
}

function negate({ threshold, negated }: Cut): Cut {
  return { threshold, negated: !negated };
}

function valueOf({ threshold, negated }: Cut): number {
  return negated ? 1 - threshold : threshold;
}

/** The heatmap of a node for both values of `Cut.negated`. */
interface BothSides {
  readonly direct: Heatmap;
  readonly negated: Heatmap;
}

function combine(operator: CombineOperator, left: Heatmap, right: Heatmap): Heatmap {
  return operator === 'or' ? maximum(left, right) : operator === 'and' ? minimum(left, right) : without(left, right);
}

/** Grows or shrinks a heatmap by a disc; probabilities are rounded to 1/255. */
function growHeatmap(heatmap: Heatmap, direction: '+' | '-', radiusPx: number): Heatmap {
  if (radiusPx === 0) {
    return heatmap;
  }
  const mask = heatmapToMask(heatmap);
  return maskToHeatmap(direction === '+' ? dilate(mask, radiusPx) : erode(mask, radiusPx));
}
