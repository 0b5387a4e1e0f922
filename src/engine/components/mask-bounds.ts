import type { Bounds, Mask } from '../../raster/index.js';

/** Smallest rectangle around the selected pixels (128 and more); undefined where there are none. */
export function maskBounds(mask: Mask): Bounds | undefined {
  const { width, height, data } = mask;
  let top = 0;
  while (top < height && !rowHasSelected(data, top * width, width)) {
    top++;
  }
  if (top === height) {
    return undefined;
  }
  let bottom = height - 1;
  while (!rowHasSelected(data, bottom * width, width)) {
    bottom--;
  }
  let left = width;
  let right = -1;
  for (let y = top; y <= bottom; y++) {
    const row = y * width;
    for (let x = 0; x < left; x++) {
      if (data[row + x]! >= 128) {
        left = x;
      }
    }
    for (let x = width - 1; x > right; x--) {
      if (data[row + x]! >= 128) {
        right = x;
      }
    }
  }
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

function rowHasSelected(data: Uint8Array, row: number, width: number): boolean {
  for (let i = row; i < row + width; i++) {
    if (data[i]! >= 128) {
      return true;
    }
  }
  return false;
}
