import { dilate, erode } from '../engine/index.js';
import { type Heatmap, heatmapToMask, type Mask, resizeHeatmap, type Size } from '../raster/index.js';
import { bendHeatmap, complement, maskToHeatmap, maximum, minimum, scaleHeatmap, without } from './heatmap-math.js';
import type { PromptTree } from './prompt-tree.js';

/** Where the leaves of a tree come from. */
export interface PromptOperands {
  /** Probability that a phrase is there; of any size, it covers the picture. */
  readonly phrase: (phrase: string) => Heatmap;
  /** A mask file's coverage, at the size of the picture. */
  readonly file: (path: string) => Mask;
}

/**
 * The heatmap of a whole prompt at the picture's size: `OR` is the larger of two probabilities, `AND` the
 * smaller, `NOT` is 1 - x, `-` is `AND NOT`, `XOR` is one without the other. Lengths are in pixels of the
 * picture, and grown or shrunk by a disc.
 *
 * A term with a threshold of its own (`hair@0.6`) is bent so that this threshold falls on the one the result
 * is cut at: its probabilities below and above are stretched linearly. Under a `NOT` the result is cut from
 * the other side, so the term falls on `1 - threshold` there: `NOT hair@0.6` is everything that `hair@0.6`
 * is not, whatever the threshold is.
 *
 * @param threshold where the result will be cut, 0..1
 */
export function evaluatePrompt(tree: PromptTree, operands: PromptOperands, size: Size, threshold: number): Heatmap {
  const evaluate = (node: PromptTree, cut: number): Heatmap => {
    switch (node.kind) {
      case 'phrase':
        return resizeHeatmap(operands.phrase(node.phrase), size);
      case 'file':
        return maskToHeatmap(operands.file(node.path));
      case 'not':
        return complement(evaluate(node.operand, 1 - cut));
      case 'threshold':
        return bendHeatmap(evaluate(node.operand, cut), node.threshold, cut);
      case 'scale':
        return scaleHeatmap(evaluate(node.operand, cut), node.by === '*' ? node.amount : 1 / node.amount);
      case 'grow': {
        const radiusPx = node.unit === 'px' ? node.amount : (node.amount / 100) * Math.hypot(size.width, size.height);
        return growHeatmap(evaluate(node.operand, cut), node.direction, radiusPx);
      }
      case 'combine':
        return combine(node, cut);
    }
  };
  const combine = ({ operator, operands: nodes }: Extract<PromptTree, { kind: 'combine' }>, cut: number): Heatmap => {
    const first = evaluate(nodes[0]!, cut);
    const rest = nodes.slice(1);
    switch (operator) {
      case 'or':
        return rest.reduce((left, node) => maximum(left, evaluate(node, cut)), first);
      case 'and':
        return rest.reduce((left, node) => minimum(left, evaluate(node, cut)), first);
      case 'subtract':
        return rest.reduce((left, node) => without(left, evaluate(node, 1 - cut)), first);
      case 'xor':
        return rest.reduce(
          ({ here, there }, node) => {
            const next = { here: evaluate(node, cut), there: evaluate(node, 1 - cut) };
            return {
              here: maximum(without(here, next.there), without(next.here, there)),
              there: maximum(without(there, next.here), without(next.there, here)),
            };
          },
          // As cut at the threshold, and as cut from the other side: each is taken away from the other's fellow.
          { here: first, there: evaluate(nodes[0]!, 1 - cut) },
        ).here;
    }
  };
  return evaluate(tree, threshold);
}

/** Grown or shrunk by a disc, in steps of 1/255. */
function growHeatmap(heatmap: Heatmap, direction: '+' | '-', radiusPx: number): Heatmap {
  if (radiusPx === 0) {
    return heatmap;
  }
  const mask = heatmapToMask(heatmap);
  return maskToHeatmap(direction === '+' ? dilate(mask, radiusPx) : erode(mask, radiusPx));
}
