import { refineHeatmap } from '../../engine/index.js';
import { type Heatmap, type Raster, resizeHeatmap } from '../../raster/index.js';
import { PROMPT_DEFAULTS, type Refine } from './prompt-settings.js';

/** A heatmap at the image's size, refined or interpolated; `pivot` is the threshold that follows. */
export function enlargeHeatmap(heatmap: Heatmap, image: Raster, refine: Refine, pivot: number): Heatmap {
  const mode = refine === 'sam' ? PROMPT_DEFAULTS.refine : refine;
  return mode === 'off' ? resizeHeatmap(heatmap, image) : refineHeatmap(heatmap, image, { mode, pivot });
}
