import type { DepthMap, DepthOrder } from '../../raster/index.js';
import { addSplit, type GraySplits, initialSplits, setFlag } from '../../depth/gray/gray-splits.js';
import type { DepthRange } from '../../depth/normalize-depth.js';

/** What can be undone. */
export interface Plan {
  readonly splits: GraySplits;
  readonly compress: boolean;
}

/** A depth map, what was decided about it, and the way there. */
export interface ShellState {
  readonly map: DepthMap;
  readonly range: DepthRange;
  readonly plan: Plan;
  readonly past: readonly Plan[];
  readonly future: readonly Plan[];
}

export interface ShellStart {
  /** Splits to begin with. */
  readonly plan?: Plan | undefined;
  /** Where to begin with a second split that has no levels. */
  readonly cutoff?: number | undefined;
  readonly compress: boolean;
}

/** The state that a shell begins with. A cutoff outside the map changes nothing. */
export function openShell(map: DepthMap, range: DepthRange, { plan, cutoff, compress }: ShellStart): ShellState {
  const whole = initialSplits(range);
  const cuts = cutoff !== undefined && cutoff > range.min && cutoff < range.max;
  const splits = cuts ? withCutoff(whole, cutoff, map.depthOrder) : whole;
  return { map, range, plan: plan ?? { splits, compress }, past: [], future: [] };
}

/** The state after a decision; what was undone before is gone. */
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
