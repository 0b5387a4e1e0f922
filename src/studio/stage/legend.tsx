import * as store from '../model/store.js';
import { toImage, viewport } from './viewport.js';

/** What the colors mean, and what is under the pointer. */
export function Legend({ pointer }: { readonly pointer: { readonly value: { x: number; y: number } | undefined } }) {
  const opened = store.image.value;
  const isHeat = store.view.value === 'heatmap';
  const at = pointer.value === undefined ? undefined : toImage(viewport.value, pointer.value.x, pointer.value.y);
  const isInside =
    at !== undefined && opened !== undefined && at.x >= 0 && at.y >= 0 && at.x < opened.width && at.y < opened.height;
  return (
    <div class="legend">
      {isHeat && (
        <div class="legend-bar" role="img" aria-label="Colors from dark to light are probabilities from 0 to 1">
          <span>0</span>
          <i class="inferno" />
          <span>1</span>
          <em>probability</em>
        </div>
      )}
      {!isHeat && store.view.value === 'overlay' && (
        <span class="legend-key">
          <i class="tint" /> selected
        </span>
      )}
      <output class="readout" aria-live="off">
        {isInside
          ? `${Math.floor(at.x)}, ${Math.floor(at.y)}${valueAt(at)}`
          : `${Math.round(viewport.value.zoom * 100)} %`}
      </output>
    </div>
  );
}

function valueAt({ x, y }: { readonly x: number; readonly y: number }): string {
  const plane = store.heatmap.value;
  const opened = store.image.value!;
  if (plane === undefined) {
    return '';
  }
  const column = Math.floor((x / opened.width) * plane.width);
  const row = Math.floor((y / opened.height) * plane.height);
  return ` · p ${(plane.data[row * plane.width + column]! / 255).toFixed(2)}`;
}
