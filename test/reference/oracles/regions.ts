import { createMask, type Mask } from '../../../src/raster/index.js';

/** Components of the pixels that `inside` accepts, by flood fill, in the order of their first pixels. */
export function slowComponents(
  { width, height }: { width: number; height: number },
  inside: (i: number) => boolean,
  connectivity: 4 | 8,
): number[][] {
  const seen = new Set<number>();
  const components: number[][] = [];
  for (let start = 0; start < width * height; start++) {
    if (!inside(start) || seen.has(start)) {
      continue;
    }
    const component = [start];
    seen.add(start);
    for (const i of component) {
      for (const j of neighbors(i, width, height, connectivity)) {
        if (inside(j) && !seen.has(j)) {
          seen.add(j);
          component.push(j);
        }
      }
    }
    components.push(component);
  }
  return components;
}

function neighbors(i: number, width: number, height: number, connectivity: 4 | 8): number[] {
  const found: number[] = [];
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const x = (i % width) + dx;
      const y = Math.floor(i / width) + dy;
      const straight = dx === 0 || dy === 0;
      if (x >= 0 && y >= 0 && x < width && y < height && (connectivity === 8 || straight)) {
        found.push(y * width + x);
      }
    }
  }
  return found;
}

/** Erases components of what is selected that `keep` refuses, then faint ones without a selected pixel. */
export function slowDropComponents(mask: Mask, connectivity: 4 | 8, keep: (component: number[]) => boolean): Mask {
  const out = mask.data.slice();
  for (const component of slowComponents(mask, (i) => mask.data[i]! >= 128, connectivity)) {
    if (!keep(component)) {
      component.forEach((i) => (out[i] = 0));
    }
  }
  for (const component of slowComponents(mask, (i) => out[i]! > 0, connectivity)) {
    if (!component.some((i) => out[i]! >= 128)) {
      component.forEach((i) => (out[i] = 0));
    }
  }
  return createMask(mask.width, mask.height, out);
}
