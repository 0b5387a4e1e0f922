/**
 * For each pixel the index of the nearest one that `isSource` (not 0) marks, by Euclidean distance; -1 everywhere
 * where there is none. Exact, in time linear in the pixels, after Meijster, Roerdink and Hesselink, "A general
 * algorithm for computing distance transforms in linear time" (2000), keeping places instead of distances.
 */
export function featureTransform(isSource: Uint8Array, width: number, height: number): Int32Array {
  const nearestRows = nearestInColumns(isSource, width, height);
  const nearest = new Int32Array(isSource.length);
  // Columns whose source is the nearest for some stretch of the row, and where each stretch starts.
  const columns = new Int32Array(width);
  const starts = new Int32Array(width);
  const drops = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let top = -1;
    for (let u = 0; u < width; u++) {
      const sourceRow = nearestRows[row + u]!;
      if (sourceRow < 0) {
        continue;
      }
      const drop = (sourceRow - y) * (sourceRow - y);
      drops[u] = drop;
      let start = 0;
      while (top >= 0) {
        const i = columns[top]!;
        const at = starts[top]!;
        if ((at - i) * (at - i) + drops[i]! > (at - u) * (at - u) + drop) {
          top--;
          continue;
        }
        start = 1 + Math.floor((u * u - i * i + drop - drops[i]!) / (2 * (u - i)));
        break;
      }
      if (start < width) {
        top++;
        columns[top] = u;
        starts[top] = start;
      }
    }
    if (top < 0) {
      return nearest.fill(-1);
    }
    for (let x = width - 1; x >= 0; x--) {
      while (starts[top]! > x) {
        top--;
      }
      const column = columns[top]!;
      nearest[row + x] = nearestRows[row + column]! * width + column;
    }
  }
  return nearest;
}

/** The row of the nearest source in each pixel's own column, or -1. */
function nearestInColumns(isSource: Uint8Array, width: number, height: number): Int32Array {
  const rows = new Int32Array(isSource.length);
  for (let y = 0; y < height; y++) {
    for (let i = y * width; i < (y + 1) * width; i++) {
      rows[i] = isSource[i] !== 0 ? y : y > 0 ? rows[i - width]! : -1;
    }
  }
  for (let y = height - 2; y >= 0; y--) {
    for (let i = y * width; i < (y + 1) * width; i++) {
      const above = rows[i]!;
      const below = rows[i + width]!;
      if (below >= 0 && (above < 0 || below - y < y - above)) {
        rows[i] = below;
      }
    }
  }
  return rows;
}
