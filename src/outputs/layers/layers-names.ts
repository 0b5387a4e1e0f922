import { joinPath } from '../../io/storage/storage-path.js';
import type { LayersNames } from './cut-layers.js';

export interface LayersNaming {
  readonly outdir: string;
  /** End of the input's name, before its ending, that stays at the end: `@3x`. */
  readonly suffix: string;
  /** The number of layers asked for, which decides how wide their numbers are. */
  readonly layers: number;
}

/** Names of the files of an image of this stem: `{stem}_layer_01{suffix}.png` and so on, 01 the farthest. */
export function layersNames(
  whole: string,
  { outdir, suffix, layers }: LayersNaming,
): LayersNames & { readonly histogram: string } {
  const stem = suffix !== '' && whole.endsWith(suffix) ? whole.slice(0, -suffix.length) : whole;
  const digits = Math.max(2, String(layers).length);
  const named = (what: string, ending = 'png'): string => joinPath(outdir, `${stem}_${what}${suffix}.${ending}`);
  const number = (index: number): string => String(index + 1).padStart(digits, '0');
  return {
    layer: (index) => named(`layer_${number(index)}`),
    occlusion: (index) => named(`layer_${number(index)}_occlusion`),
    depthMap: named('depth_map'),
    histogram: named('depth_histogram'),
    preview: named('preview', 'html'),
  };
}
