import type { LossKind, LostColor } from './detect-color-loss.js';
import { LOST_SHARE } from './detect-color-loss.js';

const WHAT_IS_THERE: Readonly<Record<LossKind, string>> = {
  flat: 'one flat colour',
  bled: 'colours bled in from the edge',
  smoothed: 'a smooth fill',
  coarse: 'coarse steps left over from premultiplied samples',
};

/** The big fat warning of a picture whose colour under transparency is gone; undefined where it is there. */
export function describeLoss(lost: LostColor, name: string): string | undefined {
  if (lost.share <= LOST_SHARE || lost.kind === undefined) {
    return undefined;
  }
  const percent = Math.round(lost.share * 100);
  return (
    `WARNING: ${name} has lost the colour under its transparent pixels: ` +
    `${percent} % of them hold ${WHAT_IS_THERE[lost.kind]} instead of the picture, and inpainting starts from that`
  );
}

/** What to do about it. */
export const LOSS_HINT =
  'put it back from the untouched picture: maskwright repair <picture> --from <original> -o <repaired>; ' +
  'or export again with "save colour values from transparent pixels" on';
