/**
 * Disjoint sets as a forest (union-find): `parents[i]` leads to the set's first member, which is its own
 * parent. Roots are the smallest members, so that parents come before their children.
 */

/** `count` sets of one member each. */
export function createDisjointSets(count: number): Int32Array {
  const parents = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    parents[i] = i;
  }
  return parents;
}

/** Makes one set of the sets of `a` and `b`. */
export function uniteSets(parents: Int32Array, a: number, b: number): void {
  const rootA = findRoot(parents, a);
  const rootB = findRoot(parents, b);
  if (rootA < rootB) {
    parents[rootB] = rootA;
  } else {
    parents[rootA] = rootB;
  }
}

/** The smallest member of the set of `member`. Paths are halved on the way. */
export function findRoot(parents: Int32Array, member: number): number {
  let root = member;
  while (parents[root]! !== root) {
    parents[root] = parents[parents[root]!]!;
    root = parents[root]!;
  }
  return root;
}
