// Scores of a binary mask against the true one; masks are planes of 0 and 255.

/** Intersection over union of two masks; 1 where both are empty. */
export function intersectionOverUnion(a, b) {
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    both += a[i] & b[i] & 1;
    either += (a[i] | b[i]) & 1;
  }
  return either === 0 ? 1 : both / either;
}

/** Boundary F-score: how much of each outline lies within `tolerance` pixels of the other. */
export function boundaryScore(found, truth, width, height, tolerance = 2) {
  const [ours, theirs] = [outline(found, width, height), outline(truth, width, height)];
  const precision = shareNear(ours, theirs, width, height, tolerance);
  const recall = shareNear(theirs, ours, width, height, tolerance);
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

function outline(mask, width, height) {
  const line = new Uint8Array(mask.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const inside = mask[i] !== 0;
      const edge =
        (x > 0 && mask[i - 1] === 0) ||
        (x + 1 < width && mask[i + 1] === 0) ||
        (y > 0 && mask[i - width] === 0) ||
        (y + 1 < height && mask[i + width] === 0);
      line[i] = inside && edge ? 1 : 0;
    }
  }
  return line;
}

function shareNear(line, other, width, height, tolerance) {
  let count = 0;
  let near = 0;
  const reach = Math.floor(tolerance);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (line[i] === 0) continue;
      count++;
      search: for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          const [sx, sy] = [x + dx, y + dy];
          if (
            dx * dx + dy * dy <= tolerance * tolerance &&
            sx >= 0 &&
            sy >= 0 &&
            sx < width &&
            sy < height &&
            other[sy * width + sx] === 1
          ) {
            near++;
            break search;
          }
        }
      }
    }
  }
  return count === 0 ? 0 : near / count;
}
