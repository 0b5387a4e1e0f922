import { cutInWebAssembly, type GridGraph } from './grid-cut.js';

const NO_TREE = 0;
const SOURCE_TREE = 1;
const SINK_TREE = 2;

/** Values of `parent` behind the directions 0 to 7. */
const TERMINAL = 8;
const ORPHAN = 9;
const NO_PARENT = 10;

/**
 * The minimum cut between source and sink, by the algorithm of Boykov and Kolmogorov ("An experimental comparison of
 * min-cut/max-flow algorithms for energy minimization in vision", 2004): two search trees grow from the terminals,
 * paths where they meet are saturated, and orphans find a new parent instead of the trees growing anew. Nodes whose side
 * their terminal alone decides are taken out before.
 *
 * Nodes that no residual path joins to the source are on the sink's side.
 *
 * @returns 1 for nodes on the source's side of the cut, 0 for the others, row by row
 * @example
 * // Two pixels, one drawn to the source by 5 and one to the sink by 3, joined by 2: the link is cut.
 * const none = new Int32Array(2);
 * const links = { right: Int32Array.of(2, 0), down: none, downRight: none, downLeft: none };
 * gridMinCut({ width: 2, height: 1, terminals: Int32Array.of(5, -3), ...links }); // [1, 0]
 */
export function gridMinCut(graph: GridGraph): Uint8Array {
  return cutInWebAssembly(graph) ?? cutInJavaScript(graph);
}

/** As `gridMinCut`, without WebAssembly. */
export function cutInJavaScript(graph: GridGraph): Uint8Array {
  const { width, height } = graph;
  // One pixel of padding on all sides, without capacity, makes neighbors exist everywhere.
  const stride = width + 2;
  const count = stride * (height + 2);
  const offsets = Int32Array.of(1, -1, stride, -stride, stride + 1, -stride - 1, stride - 1, 1 - stride);
  const capacity = new Int32Array(count * 8);
  const terminal = new Int32Array(count);
  const tree = new Uint8Array(count);
  const parent = new Uint8Array(count).fill(NO_PARENT);
  const stamp = new Int32Array(count);
  const distance = new Int32Array(count);
  const active = new NodeQueue(count);
  // The same node becomes an orphan at most once at a time, so the queue never holds more than all nodes.
  const orphans = new NodeQueue(count);
  let time = 0;

  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0, node = (y + 1) * stride + 1; x < width; x++, i++, node++) {
      terminal[node] = graph.terminals[i]!;
      if (x + 1 < width) link(node, 0, graph.right[i]!);
      if (y + 1 < height) link(node, 2, graph.down[i]!);
      if (x + 1 < width && y + 1 < height) link(node, 4, graph.downRight[i]!);
      if (x > 0 && y + 1 < height) link(node, 6, graph.downLeft[i]!);
      active.push(node);
    }
  }
  while (active.size > 0) decide(active.shift());
  for (let node = 0; node < count; node++) {
    if (terminal[node] === 0 || tree[node] !== NO_TREE) continue;
    tree[node] = terminal[node]! > 0 ? SOURCE_TREE : SINK_TREE;
    parent[node] = TERMINAL;
    distance[node] = 1;
    active.push(node);
  }

  while (active.size > 0) {
    const node = active.first();
    const direction = parent[node] === NO_PARENT ? -1 : grow(node);
    if (direction < 0) {
      active.shift();
      continue;
    }
    time++;
    if (tree[node] === SOURCE_TREE) {
      augment(node, direction);
    } else {
      augment(node + offsets[direction]!, direction ^ 1);
    }
    while (orphans.size > 0) {
      adopt(orphans.shift());
    }
  }

  const sourceSide = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0, node = (y + 1) * stride + 1; x < width; x++, i++, node++) {
      sourceSide[i] = tree[node] === SOURCE_TREE ? 1 : 0;
    }
  }
  return sourceSide;

  /**
   * Puts a node whose terminal outweighs all of its links on that terminal's side, where every minimum cut has it. Its
   * links become terminals of its neighbors, which may be decided by that in turn.
   */
  function decide(node: number): void {
    let links = 0;
    for (let k = node * 8; k < node * 8 + 8; k++) links += capacity[k]!;
    const isSource = terminal[node]! > links;
    if (!isSource && -terminal[node]! < links) return;
    tree[node] = isSource ? SOURCE_TREE : SINK_TREE;
    for (let d = 0; d < 8; d++) {
      const value = capacity[node * 8 + d]!;
      if (value === 0) continue;
      const neighbor = node + offsets[d]!;
      capacity[node * 8 + d] = 0;
      capacity[neighbor * 8 + (d ^ 1)] = 0;
      terminal[neighbor]! += isSource ? value : -value;
      active.push(neighbor);
    }
  }

  function link(node: number, direction: number, value: number): void {
    capacity[node * 8 + direction] = value;
    capacity[(node + offsets[direction]!) * 8 + direction + 1] = value;
  }

  /** Adds free neighbors to the tree of `node`; returns the direction in which the other tree was met, or -1. */
  function grow(node: number): number {
    const own = tree[node]!;
    for (let d = 0; d < 8; d++) {
      const neighbor = node + offsets[d]!;
      const residual = own === SOURCE_TREE ? capacity[node * 8 + d]! : capacity[neighbor * 8 + (d ^ 1)]!;
      if (residual === 0) continue;
      if (tree[neighbor] === NO_TREE) {
        tree[neighbor] = own;
        parent[neighbor] = d ^ 1;
        stamp[neighbor] = stamp[node]!;
        distance[neighbor] = distance[node]! + 1;
        active.push(neighbor);
      } else if (tree[neighbor] !== own) {
        return d;
      } else if (stamp[neighbor]! <= stamp[node]! && distance[neighbor]! > distance[node]!) {
        // A shorter way to the terminal.
        parent[neighbor] = d ^ 1;
        stamp[neighbor] = stamp[node]!;
        distance[neighbor] = distance[node]! + 1;
      }
    }
    return -1;
  }

  /** Sends what fits along the path through the link from `node`, of the source's tree, in `direction`. */
  function augment(node: number, direction: number): void {
    const across = node + offsets[direction]!;
    let amount = capacity[node * 8 + direction]!;
    let at = node;
    for (let d = parent[at]!; d !== TERMINAL; d = parent[at]!) {
      at += offsets[d]!;
      amount = Math.min(amount, capacity[at * 8 + (d ^ 1)]!);
    }
    amount = Math.min(amount, terminal[at]!);
    at = across;
    for (let d = parent[at]!; d !== TERMINAL; d = parent[at]!) {
      amount = Math.min(amount, capacity[at * 8 + d]!);
      at += offsets[d]!;
    }
    amount = Math.min(amount, -terminal[at]!);

    capacity[node * 8 + direction]! -= amount;
    capacity[across * 8 + (direction ^ 1)]! += amount;
    at = node;
    for (let d = parent[at]!; d !== TERMINAL; d = parent[at]!) {
      const next = at + offsets[d]!;
      capacity[at * 8 + d]! += amount;
      if ((capacity[next * 8 + (d ^ 1)]! -= amount) === 0) orphan(at);
      at = next;
    }
    if ((terminal[at]! -= amount) === 0) orphan(at);
    at = across;
    for (let d = parent[at]!; d !== TERMINAL; d = parent[at]!) {
      const next = at + offsets[d]!;
      capacity[next * 8 + (d ^ 1)]! += amount;
      if ((capacity[at * 8 + d]! -= amount) === 0) orphan(at);
      at = next;
    }
    if ((terminal[at]! += amount) === 0) orphan(at);
  }

  function orphan(node: number): void {
    parent[node] = ORPHAN;
    orphans.push(node);
  }

  /** Finds `node` a parent that leads to its terminal, the nearest one; sets it free where there is none. */
  function adopt(node: number): void {
    const own = tree[node]!;
    let best = -1;
    let least = Infinity;
    for (let d = 0; d < 8; d++) {
      const neighbor = node + offsets[d]!;
      if (tree[neighbor] !== own || parent[neighbor] === NO_PARENT) continue;
      const residual = own === SOURCE_TREE ? capacity[neighbor * 8 + (d ^ 1)]! : capacity[node * 8 + d]!;
      if (residual === 0) continue;
      const length = distanceToTerminal(neighbor);
      if (length < least) {
        least = length;
        best = d;
      }
    }
    if (best >= 0) {
      parent[node] = best;
      stamp[node] = time;
      distance[node] = least + 1;
      return;
    }
    for (let d = 0; d < 8; d++) {
      const neighbor = node + offsets[d]!;
      if (tree[neighbor] !== own || parent[neighbor] === NO_PARENT) continue;
      const residual = own === SOURCE_TREE ? capacity[neighbor * 8 + (d ^ 1)]! : capacity[node * 8 + d]!;
      if (residual > 0) active.push(neighbor);
      if (parent[neighbor] === (d ^ 1)) orphan(neighbor);
    }
    tree[node] = NO_TREE;
    parent[node] = NO_PARENT;
  }

  /** Links from `node` to its terminal; infinite where the way there ends at an orphan. */
  function distanceToTerminal(node: number): number {
    let length = 0;
    let at = node;
    for (;;) {
      if (stamp[at] === time) {
        length += distance[at]!;
        break;
      }
      const d = parent[at]!;
      if (d === ORPHAN) return Infinity;
      length++;
      if (d === TERMINAL) {
        stamp[at] = time;
        distance[at] = 1;
        break;
      }
      at += offsets[d]!;
    }
    let left = length;
    for (at = node; stamp[at] !== time; at += offsets[parent[at]!]!) {
      stamp[at] = time;
      distance[at] = left--;
    }
    return length;
  }
}

/** First in, first out; a node that is in the queue is not added again. */
class NodeQueue {
  readonly #nodes: Int32Array;
  readonly #queued: Uint8Array;
  #begin = 0;
  size = 0;

  constructor(capacity: number) {
    this.#nodes = new Int32Array(capacity);
    this.#queued = new Uint8Array(capacity);
  }

  push(node: number): void {
    if (this.#queued[node] !== 0) return;
    this.#queued[node] = 1;
    let at = this.#begin + this.size++;
    if (at >= this.#nodes.length) at -= this.#nodes.length;
    this.#nodes[at] = node;
  }

  first(): number {
    return this.#nodes[this.#begin]!;
  }

  shift(): number {
    const node = this.#nodes[this.#begin]!;
    this.#queued[node] = 0;
    this.size--;
    if (++this.#begin === this.#nodes.length) this.#begin = 0;
    return node;
  }
}
