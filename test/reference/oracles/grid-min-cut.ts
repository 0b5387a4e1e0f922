import type { GridGraph } from '../../../src/engine/segmentation/grid-cut.js';

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

/** The maximum flow, which every minimum cut costs: Dinic's algorithm (1970) on a list of arcs. */
export function maximumFlow({ width, height, terminals, right, down, downRight, downLeft }: GridGraph): number {
  const source = width * height;
  const sink = source + 1;
  /** Arcs in pairs, each the reverse of the other. */
  const heads: number[] = [];
  const capacities: number[] = [];
  const arcs = Array.from({ length: source + 2 }, (): number[] => []);
  const join = (from: number, to: number, there: number, back: number): void => {
    arcs[from]!.push(heads.push(to) - 1);
    arcs[to]!.push(heads.push(from) - 1);
    capacities.push(there, back);
  };
  for (let i = 0; i < source; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (terminals[i]! > 0) join(source, i, terminals[i]!, 0);
    else join(i, sink, -terminals[i]!, 0);
    if (x + 1 < width) join(i, i + 1, right[i]!, right[i]!);
    if (y + 1 === height) continue;
    join(i, i + width, down[i]!, down[i]!);
    if (x + 1 < width) join(i, i + width + 1, downRight[i]!, downRight[i]!);
    if (x > 0) join(i, i + width - 1, downLeft[i]!, downLeft[i]!);
  }
  let flow = 0;
  for (;;) {
    const levels = new Int32Array(sink + 1).fill(-1);
    levels[source] = 0;
    const queue = [source];
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      for (const arc of arcs[at]!) {
        if (capacities[arc] === 0 || levels[heads[arc]!]! >= 0) continue;
        levels[heads[arc]!] = levels[at]! + 1;
        queue.push(heads[arc]!);
      }
    }
    if (levels[sink]! < 0) return flow;
    const next = new Int32Array(sink + 1);
    const push = (node: number, most: number): number => {
      if (node === sink) return most;
      for (; next[node]! < arcs[node]!.length; next[node]!++) {
        const arc = arcs[node]![next[node]!]!;
        if (capacities[arc] === 0 || levels[heads[arc]!] !== levels[node]! + 1) continue;
        const sent = push(heads[arc]!, Math.min(most, capacities[arc]!));
        if (sent === 0) continue;
        capacities[arc]! -= sent;
        capacities[arc ^ 1]! += sent;
        return sent;
      }
      return 0;
    };
    for (let sent = push(source, Infinity); sent > 0; sent = push(source, Infinity)) flow += sent;
  }
}
