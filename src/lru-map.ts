/*
 * A Map in the order of use: its first key is the least recently used. `Map.set` of a new key adds the most recently
 * used one.
 */

/** The value of a key, which becomes the most recently used one. Undefined where there is none. */
export function useKey<Key, Value>(map: Map<Key, Value>, key: Key): Value | undefined {
  const value = map.get(key);
  if (value !== undefined) {
    map.delete(key);
    map.set(key, value);
  }
  return value;
}

/** Removes the least recently used keys until there are at most `size`. */
export function trimToSize<Key>(map: Map<Key, unknown>, size: number): void {
  for (const key of map.keys()) {
    if (map.size <= size) {
      return;
    }
    map.delete(key);
  }
}
