import type { HiddenColorFeatures } from './measure-hidden-color.js';

/**
 * How the color in a hole was made up, or undefined where it looks kept:
 * `flat`, one color all over, which its surroundings do not have; `bled`, colors carried in from the edge;
 * `smoothed`, far smoother than the surroundings.
 *
 * The thresholds come from generated images of eight kinds, see the test of `detectColorLoss`.
 */
export function classifyHiddenColor(features: HiddenColorFeatures): 'flat' | 'bled' | 'smoothed' | undefined {
  const { inside, ring, run } = features;
  if (features.constant >= 0.998) {
    return features.constantAround < 0.88 || features.constantOnWorstSide < 0.7 ? 'flat' : undefined;
  }
  if (ring.pixels === 0) {
    return undefined;
  }
  const copied = inside.repeated >= 0.98 && ring.repeated < 0.9;
  const alongLines = run.share >= 0.998 && run.continued < 0.9;
  if (isConstantInside(features)) {
    return 'flat';
  }
  if (hasCopies(features) && (isPredicted(features.predicted()) || isBlockRuns(features.blocks()))) {
    return 'bled';
  }
  // Colors that come from a neighbor are repeated colors: where there are none, the costly measure is spared.
  const mayBeTraced = inside.repeated >= 0.9 || features.constant > 0.5;
  if (copied || alongLines || (mayBeTraced && features.traced() >= 0.985 && features.nearest() >= 0.99)) {
    return 'bled';
  }
  const smooth = inside.equalPairs < 0.85 && inside.roughness < 0.45;
  return smooth && ring.roughness > Math.max(0.6, 1.8 * inside.roughness) ? 'smoothed' : undefined;
}

/**
 * A blur or resize with premultiplied alpha leaves black where nothing visible is in reach, and mixed colors at the
 * rim. Black by itself proves less than any other color would, but another color needs a clearer border.
 */
function isConstantInside({ constant, constantAround, isBlack, depth }: HiddenColorFeatures): boolean {
  if (constant < 0.5 || constantAround > 0.1) {
    return false;
  }
  const { rim, parted } = depth();
  return isBlack ? rim <= 0.55 && parted >= 0.82 : rim <= 0.2 && parted >= 0.94;
}

/**
 * Whether more neighbors are equal in the hole than around it, and not because they all are: what programs make up
 * is copied, and grain is not. A region of one color that goes on around the hole is the image's own.
 */
function hasCopies({ inside, ring, constant, constantAround }: HiddenColorFeatures): boolean {
  const excess = (inside.equalPairs - ring.equalPairs) / (1 - ring.equalPairs);
  return ring.equalPairs <= 0.8 && excess >= 0.12 && !(constant > 0.3 && constantAround > 0.3);
}

/** A lossless WebP without `exact` stores nothing for hidden pixels: each gets what its neighbors predict. */
function isPredicted({ inside, ring }: ReturnType<HiddenColorFeatures['predicted']>): boolean {
  return inside >= 0.93 && ring <= 0.8;
}

/**
 * A lossy WebP without `exact` flattens each hidden block to the color of the first one in its row of blocks: steps
 * between rows of blocks, hardly any along them, and nothing within a block.
 */
function isBlockRuns({ pairs, along, between, within }: ReturnType<HiddenColorFeatures['blocks']>): boolean {
  return pairs >= 6 && between >= 2 && along <= 1.5 && between >= 6 * along && within <= 0.8;
}
