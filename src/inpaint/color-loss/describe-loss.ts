import type { ColorLossKind, ColorLoss } from './detect-color-loss.js';
import { LOST_SHARE } from './detect-color-loss.js';

const WHAT_IS_THERE: Readonly<Record<ColorLossKind, string>> = {
  flat: 'one flat color',
  bled: 'colors bled in from the edge',
  smoothed: 'a smooth fill',
  coarse: 'coarse steps left over from premultiplied samples',
};

/** The big fat warning of an image whose color under transparency is gone; undefined where it is there. */
export function formatColorLoss(lost: ColorLoss, name: string): string | undefined {
  if (lost.share <= LOST_SHARE || lost.kind === undefined) {
    return undefined;
  }
  const percent = Math.round(lost.share * 100);
  return (
    `WARNING: ${name} has lost the color under its transparent pixels: ` +
    `${percent} % of them hold ${WHAT_IS_THERE[lost.kind]} instead of the image, and inpainting starts from that`
  );
}

/** What to do about it. */
export const COLOR_LOSS_HINT =
  'put it back from the untouched image: maskwright repair <image> --from <original> -o <repaired>; ' +
  'or export again with "save color values from transparent pixels" on';
