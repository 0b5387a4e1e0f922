import { dilate } from '../engine/morphology/dilate.js';
import { erode } from '../engine/morphology/erode.js';
import { type Heatmap, heatmapToMask, type Mask, resizeHeatmap, type Size } from '../raster/index.js';
import { bendHeatmap, complement, maskToHeatmap, maximum, minimum, scaleHeatmap, without } from './heatmap-math.js';
import { type CombineOperator, operandsOf, type PromptTree } from './prompt-tree.js';

/** Where the leaves of a tree come from. */
export interface PromptOperands {
  /** Probability that a phrase is there; of any size, it covers the image. */
  readonly phrase: (phrase: string) => Heatmap;
  /** A mask file's coverage, at the size of the image. */
  readonly file: (path: string) => Mask;
}

/**
 * The heatmap of a whole prompt at the image's size: `OR` is the larger of two probabilities, `AND` the
 * smaller, `NOT` is 1 - x, `-` is `AND NOT`, `XOR` is one without the other. Lengths are in pixels of the
 * image, and grown or shrunk by a disc.
 *
 * A term with a threshold of its own (`hair@0.6`) is bent so that this threshold falls on the one the result
 * is cut at: its probabilities below and above are stretched linearly. Under a `NOT` the result is cut from
 * the other side, so the term falls on `1 - threshold` there: `NOT hair@0.6` is everything that `hair@0.6`
 * is not, whatever the threshold is.
 *
 * @param threshold where the result will be cut, 0..1
 */
export function evaluatePrompt(tree: PromptTree, operands: PromptOperands, size: Size, threshold: number): Heatmap {
  const bothSides = new Map<PromptTree, BothSides>();
  const diagonal = Math.hypot(size.width, size.height);

  const evaluate = (node: PromptTree, negated: boolean): Heatmap => {
    switch (node.kind) {
      case 'phrase':
        return resizeHeatmap(operands.phrase(node.phrase), size);
      case 'file':
        return maskToHeatmap(operands.file(node.path));
      case 'not':
        return complement(evaluate(node.operand, !negated));
      case 'threshold':
        return bendHeatmap(evaluate(node.operand, negated), node.threshold, negated ? 1 - threshold : threshold);
      case 'scale':
        return scaleHeatmap(evaluate(node.operand, negated), node.by === '*' ? node.amount : 1 / node.amount);
      case 'grow': {
        const radiusPx = node.unit === 'px' ? node.amount : (node.amount / 100) * diagonal;
        return growHeatmap(evaluate(node.operand, negated), node.direction, Math.min(radiusPx, diagonal));
      }
      case 'combine':
        return node.operator === 'xor'
          ? evaluateXor(node)[negated ? 'negated' : 'direct']
          : node.operands
              .slice(1)
              .reduce(
                (left, right) =>
                  combine(node.operator, left, evaluate(right, negated !== (node.operator === 'subtract'))),
                evaluate(node.operands[0]!, negated),
              );
    }
  };

  // Either side of an XOR needs both sides of its operands: kept, so that nested ones don't double the work.
  const evaluateXor = (node: PromptTree): BothSides => {
    const known = bothSides.get(node);
    if (known !== undefined) {
      return known;
    }
    const sides = operandsOf(node)
      .map((operand): BothSides => ({ direct: evaluate(operand, false), negated: evaluate(operand, true) }))
      .reduce((left, right) => ({
        direct: maximum(without(left.direct, right.negated), without(right.direct, left.negated)),
        negated: maximum(without(left.negated, right.direct), without(right.negated, left.direct)),
      }));
    bothSides.set(node, sides);
    return sides;
  };
  return evaluate(tree, false);
}

/** A node as it is where the result is cut at the threshold, and under a `NOT`, where it is cut at 1 - threshold. */
interface BothSides {
  readonly direct: Heatmap;
  readonly negated: Heatmap;
}

function combine(operator: CombineOperator, left: Heatmap, right: Heatmap): Heatmap {
  return operator === 'or' ? maximum(left, right) : operator === 'and' ? minimum(left, right) : without(left, right);
}

/** Grown or shrunk by a disc, in steps of 1/255. */
function growHeatmap(heatmap: Heatmap, direction: '+' | '-', radiusPx: number): Heatmap {
  if (radiusPx === 0) {
    return heatmap;
  }
  const mask = heatmapToMask(heatmap);
  return maskToHeatmap(direction === '+' ? dilate(mask, radiusPx) : erode(mask, radiusPx));
}
