import type { ColorLossKind, ColorLoss } from './detect-color-loss.js';
import { LOST_SHARE } from './detect-color-loss.js';

const KIND_TEXTS: Readonly<Record<ColorLossKind, string>> = {
  flat: 'one flat color',
  bled: 'colors bled in from the edge',
  smoothed: 'a smooth fill',
  coarse: 'coarse steps left over from premultiplied samples',
};

/** Says that the color under an image's transparency is lost, and what is there; undefined where it is kept. */
export function formatColorLoss(loss: ColorLoss, name: string): string | undefined {
  if (loss.share <= LOST_SHARE || loss.kind === undefined) {
    return undefined;
  }
  const percent = Math.round(loss.share * 100);
  return (
    `${name} has lost the color under its transparent pixels: ` +
    `${percent} % of them hold ${KIND_TEXTS[loss.kind]} instead of the image, and inpainting starts from that`
  );
}

/** What to do about it. */
export const COLOR_LOSS_HINT =
  'put it back from the untouched image: maskwright repair <image> --from <original> -o <repaired>; ' +
  'or export again with "save color values from transparent pixels" on';
