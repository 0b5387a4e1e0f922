import { describe, expect, it } from 'vitest';
import { GRAB_CUT_LABELS, grabCut } from '../../../../src/engine/segmentation/grab-cut.js';
import { createRaster } from '../../../../src/raster/index.js';
import { drawScene } from '../../../support/drawn-scenes.mjs';
import { intersectionOverUnion } from '../../../support/measure-edges.mjs';

const { background, foreground, probableBackground, probableForeground } = GRAB_CUT_LABELS;

/** A red disc of radius 20 on green, 80 x 60, both with a texture. */
const disc = createRaster(80, 60, 3);
const truth = new Uint8Array(80 * 60);
for (let y = 0, i = 0; y < 60; y++) {
  for (let x = 0; x < 80; x++, i++) {
    const inside = (x - 40) ** 2 + (y - 30) ** 2 < 400;
    truth[i] = inside ? 255 : 0;
    const grain = ((x * 7 + y * 13) % 11) * 4;
    disc.data.set(inside ? [180 + grain, 40 + grain, 30] : [40 + grain, 120 + grain, 60], i * 3);
  }
}

function box(left: number, top: number, right: number, bottom: number): Uint8Array {
  const labels = new Uint8Array(80 * 60);
  for (let y = top; y < bottom; y++) labels.fill(probableForeground, y * 80 + left, y * 80 + right);
  return labels;
}

describe('grabCut', () => {
  it('finds the thing in a box around it', () => {
    expect(grabCut(disc, box(12, 5, 70, 56)).data).toEqual(truth);
  });

  it('finds the thing from two strokes', () => {
    const labels = new Uint8Array(80 * 60).fill(probableBackground);
    labels.fill(foreground, 30 * 80 + 30, 30 * 80 + 50);
    labels.fill(background, 3 * 80 + 5, 3 * 80 + 75);
    expect(grabCut(disc, labels).data).toEqual(truth);
  });

  it('keeps certain labels, whatever colors say', () => {
    const labels = box(12, 5, 70, 56);
    labels[30 * 80 + 40] = background;
    labels[30 * 80 + 2] = foreground;
    const { data } = grabCut(disc, labels);
    expect(data[30 * 80 + 40]).toBe(0);
    expect(data[30 * 80 + 2]).toBe(255);
  });

  it('follows the log odds where colors are equal', () => {
    const gray = createRaster(20, 10, 3, new Uint8Array(600).fill(90));
    const labels = new Uint8Array(200).fill(probableForeground);
    labels[0] = background;
    labels[199] = foreground;
    const logOdds = Float32Array.from({ length: 200 }, (_, i) => (i % 20 < 12 ? -500 : 500));
    const { data } = grabCut(gray, labels, { logOdds });
    expect(data.every((value, i) => value === (i % 20 < 12 && i !== 199 ? 0 : 255))).toBe(true);
  });

  it('reads 16-bit samples as it reads 8-bit ones', () => {
    const wide = createRaster(
      80,
      60,
      3,
      Uint16Array.from(disc.data, (value) => value * 257),
    );
    expect(grabCut(wide, box(12, 5, 70, 56)).data).toEqual(truth);
  });

  it('returns what is labeled where all labels are on one side', () => {
    expect(grabCut(disc, new Uint8Array(4800)).data.every((value) => value === 0)).toBe(true);
    expect(grabCut(disc, new Uint8Array(4800).fill(foreground)).data.every((value) => value === 255)).toBe(true);
  });

  it('follows a thing with soft shadows and textures from a box around it', () => {
    const scene = drawScene(4, { width: 240, height: 180 });
    const columns: number[] = [];
    const rows: number[] = [];
    scene.mask.forEach((value, i) => {
      if (value === 0) return;
      columns.push(i % 240);
      rows.push(Math.floor(i / 240));
    });
    const labels = new Uint8Array(240 * 180);
    for (let y = Math.min(...rows) - 6; y <= Math.max(...rows) + 6; y++) {
      labels.fill(probableForeground, y * 240 + Math.min(...columns) - 6, y * 240 + Math.max(...columns) + 7);
    }
    const { data } = grabCut(createRaster(240, 180, 3, scene.rgb), labels);
    expect(intersectionOverUnion(data, scene.mask)).toBeGreaterThan(0.9);
  });

  it('refuses labels of another size', () => {
    expect(() => grabCut(disc, new Uint8Array(7))).toThrow('7 labels for an image of 80 x 60 pixels');
  });
});
