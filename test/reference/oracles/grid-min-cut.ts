import type { GridGraph } from '../../../src/engine/segmentation/grid-min-cut.js';

/** What a labeling of a `GridGraph` cuts: links to the terminals on the other side, and links between the sides. */
export function cutCost(graph: GridGraph, side: ArrayLike<number>): number {
  const { width, height, terminals, right, down, downRight, downLeft } = graph;
  let cost = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (terminals[i]! > 0 && side[i] === 0) cost += terminals[i]!;
      if (terminals[i]! < 0 && side[i] === 1) cost -= terminals[i]!;
      const cut = (dx: number, dy: number, capacities: Int32Array): number => {
        const inside = x + dx >= 0 && x + dx < width && y + dy < height;
        return inside && side[i] !== side[i + dy * width + dx] ? capacities[i]! : 0;
      };
      cost += cut(1, 0, right) + cut(0, 1, down) + cut(1, 1, downRight) + cut(-1, 1, downLeft);
    }
  }
  return cost;
}

/** The least cost of all `2 ** (width * height)` labelings. */
export function leastCutCost(graph: GridGraph): number {
  const count = graph.width * graph.height;
  let least = Infinity;
  for (let code = 0; code < 2 ** count; code++) {
    const side = Array.from({ length: count }, (_, i) => (code >> i) & 1);
    least = Math.min(least, cutCost(graph, side));
  }
  return least;
}
