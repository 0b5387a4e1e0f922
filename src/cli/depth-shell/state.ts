import type { DepthMap, DepthOrder } from '../../raster/index.js';
import { addSplit, type GraySplits, initialSplits, setFlag } from '../../depth/gray/gray-splits.js';
import type { DepthRange } from '../../depth/normalize-depth.js';

/** The part of the state that undo restores. */
export interface Plan {
  readonly splits: GraySplits;
  readonly compress: boolean;
}

/** A depth map, its current split plan, and the plans before and after it. */
export interface ShellState {
  readonly map: DepthMap;
  readonly range: DepthRange;
  readonly plan: Plan;
  readonly past: readonly Plan[];
  readonly future: readonly Plan[];
}

export interface ShellStart {
  /** Initial splits. */
  readonly plan?: Plan | undefined;
  /** Depth at which a second split without levels starts. */
  readonly cutoff?: number | undefined;
  readonly compress: boolean;
}

/** The initial state of a shell. A cutoff outside the range of the map changes nothing. */
export function openShell(map: DepthMap, range: DepthRange, { plan, cutoff, compress }: ShellStart): ShellState {
  const whole = initialSplits(range);
  const cuts = cutoff !== undefined && cutoff > range.min && cutoff < range.max;
  const splits = cuts ? withCutoff(whole, cutoff, map.depthOrder) : whole;
  return { map, range, plan: plan ?? { splits, compress }, past: [], future: [] };
}

/** The state after a change; changes that were undone can no longer be redone. */
export function decide(state: ShellState, plan: Partial<Plan>): ShellState {
  return { ...state, plan: { ...state.plan, ...plan }, past: [...state.past, state.plan], future: [] };
}

function withCutoff(whole: GraySplits, cutoff: number, depthOrder: DepthOrder): GraySplits {
  const [nearer, farther] = addSplit(whole, cutoff);
  // Without a level, the far side is background: where large values are near, that is the first split.
  const splits =
    depthOrder === 'near-is-small'
      ? [nearer!, farther!]
      : [
          { ...nearer!, levels: 0, flags: {} },
          { ...farther!, levels: nearer!.levels, flags: nearer!.flags },
        ];
  return setFlag(splits, depthOrder === 'near-is-small' ? 1 : 0, 'label', 'Cutoff');
}
