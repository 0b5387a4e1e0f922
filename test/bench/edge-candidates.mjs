// Other ways to bring a coarse heatmap to the image's size along its edges, to measure ours against.
import { guidedFit } from '../../dist/engine/filters/guided-filter.js';
import { createHeatmap, resizeHeatmap, resizeRaster } from '../../dist/raster/index.js';

function smallCopy(image, side) {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const size = { width: Math.round(image.width * scale), height: Math.round(image.height * scale) };
  const small = resizeRaster(image, size);
  const plane = (c) => Float32Array.from({ length: size.width * size.height }, (_, i) => small.data[i * 3 + c] / 255);
  return { ...size, red: plane(0), green: plane(1), blue: plane(2) };
}

function applyModels(models, guide, image) {
  const planes = [0, 1, 2, 3].map(
    (k) =>
      resizeHeatmap(
        createHeatmap(
          guide.width,
          guide.height,
          Float32Array.from({ length: guide.width * guide.height }, (_, i) => models[i * 4 + k]),
        ),
        image,
      ).data,
  );
  const out = new Float32Array(image.width * image.height);
  for (let i = 0; i < out.length; i++) {
    const [r, g, b] = [0, 1, 2].map((c) => image.data[i * 3 + c] / 255);
    out[i] = Math.min(Math.max(planes[0][i] * r + planes[1][i] * g + planes[2][i] * b + planes[3][i], 0), 1);
  }
  return createHeatmap(image.width, image.height, out);
}

/** The fast guided filter as published: all pixels count the same, one round. */
export function plainGuidedFilter(heatmap, image, { radius = 8, epsilon = 1e-4 } = {}) {
  const guide = smallCopy(image, 352);
  const target = resizeHeatmap(heatmap, guide).data;
  const weights = new Float32Array(target.length).fill(1);
  return applyModels(guidedFit(guide, target, weights, { radius, epsilon }), guide, image);
}

/** Joint bilateral upsampling (Kopf et al. 2007): samples of the small heatmap, weighed by place and by color. */
export function jointBilateral(heatmap, image, { radius = 16, step = 4, sigmaPlace = 8, sigmaColor = 0.08 } = {}) {
  const guide = smallCopy(image, 352);
  const { width, height } = guide;
  const target = resizeHeatmap(heatmap, guide).data;
  const out = new Float32Array(image.width * image.height);
  const colorScale = 1 / (2 * sigmaColor * sigmaColor);
  const placeScale = 1 / (2 * sigmaPlace * sigmaPlace);
  for (let y = 0, i = 0; y < image.height; y++) {
    const cy = ((y + 0.5) * height) / image.height - 0.5;
    for (let x = 0; x < image.width; x++, i++) {
      const cx = ((x + 0.5) * width) / image.width - 0.5;
      const [r, g, b] = [image.data[i * 3] / 255, image.data[i * 3 + 1] / 255, image.data[i * 3 + 2] / 255];
      let sum = 0;
      let total = 1e-12;
      for (let dy = -radius; dy <= radius; dy += step) {
        const sy = Math.min(Math.max(Math.round(cy) + dy, 0), height - 1);
        for (let dx = -radius; dx <= radius; dx += step) {
          const s = sy * width + Math.min(Math.max(Math.round(cx) + dx, 0), width - 1);
          const color = (guide.red[s] - r) ** 2 + (guide.green[s] - g) ** 2 + (guide.blue[s] - b) ** 2;
          const weight = Math.exp(-color * colorScale - (dx * dx + dy * dy) * placeScale);
          sum += target[s] * weight;
          total += weight;
        }
      }
      out[i] = sum / total;
    }
  }
  return createHeatmap(image.width, image.height, out);
}

/**
 * Closed-form matting with large windows (Levin et al. 2006; He, Sun, Tang 2010) on the small copy: sure pixels
 * are held, doubtful ones follow color, by conjugate gradients; then brought up with its linear models.
 */
export function bandMatting(heatmap, image, { radius = 4, epsilon = 1e-5, iterations = 30, hold = 50 } = {}) {
  const guide = smallCopy(image, 352);
  const count = guide.width * guide.height;
  const target = resizeHeatmap(heatmap, guide).data;
  const ones = new Float32Array(count).fill(1);
  const smooth = (plane) => {
    const models = guidedFit(guide, plane, ones, { radius, epsilon });
    return plane.map(
      (_, i) =>
        models[i * 4] * guide.red[i] +
        models[i * 4 + 1] * guide.green[i] +
        models[i * 4 + 2] * guide.blue[i] +
        models[i * 4 + 3],
    );
  };
  const held = target.map((value) => hold * Math.max(Math.abs(2 * value - 1) - 0.6, 0) ** 2 + 1e-3);
  const multiply = (plane) => {
    const smoothed = smooth(plane);
    return plane.map((value, i) => value - smoothed[i] + held[i] * value);
  };
  const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  let found = Float32Array.from(target);
  const product = multiply(found);
  let residual = found.map((_, i) => held[i] * target[i] - product[i]);
  let direction = Float32Array.from(residual);
  let size = dot(residual, residual);
  for (let k = 0; k < iterations && size > 1e-6; k++) {
    const moved = multiply(direction);
    const step = size / dot(direction, moved);
    found = found.map((value, i) => value + step * direction[i]);
    residual = residual.map((value, i) => value - step * moved[i]);
    const next = dot(residual, residual);
    direction = residual.map((value, i) => value + (next / size) * direction[i]);
    size = next;
  }
  const clamped = found.map((value) => Math.min(Math.max(value, 0), 1));
  return applyModels(guidedFit(guide, clamped, ones, { radius, epsilon }), guide, image);
}
