/**
 * The color of a region, from 0, in masks of sd-webui-regional-prompter: hues that halve the gaps between those
 * before (0, 180, 90, 270, 45 ...), saturation and value 50 %.
 */
export function regionColor(region: number): readonly [number, number, number] {
  // Within a round of halving, hues ascend: 90 and 270, then 45, 135, 225 and 315.
  const round = region < 1 ? 0 : 2 ** Math.floor(Math.log2(region));
  const hue = region < 1 ? 0 : (2 * (region - round) + 1) / (2 * round);
  return hsvToRgb(hue, 0.5, 0.5);
}

/** All parts in [0, 1] to 0..255, rounded. */
function hsvToRgb(hue: number, saturation: number, value: number): readonly [number, number, number] {
  const part = (shift: number): number => {
    const k = (shift + hue * 6) % 6;
    return Math.trunc((value - value * saturation * Math.max(0, Math.min(k, 4 - k, 1))) * 255 + 0.5);
  };
  return [part(5), part(3), part(1)];
}
