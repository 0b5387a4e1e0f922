import { expect, it } from 'vitest';
import { createHeatmap, createRaster } from '../../../../src/raster/index.js';
import { refineHeatmap, thresholdHeatmap } from '../../../../src/engine/index.js';
import { createPipeline } from '../../../../src/studio/compute/mask-pipeline.js';
import { EMPTY_DOCUMENT, type Layer, type StudioDocument } from '../../../../src/studio/model/studio-document.js';

const SIDE = 96;
/** A bright disc on a dark ground, and a blurred heatmap of it. */
const inDisc = (x: number, y: number, scale = 1): number => Math.hypot(x - 48 * scale, y - 40 * scale) - 22 * scale;
const image = createRaster(
  SIDE,
  SIDE,
  4,
  Uint8Array.from({ length: SIDE * SIDE * 4 }, (_, k) => {
    const i = k >> 2;
    const value = inDisc(i % SIDE, Math.floor(i / SIDE)) < 0 ? 210 : 40;
    return k % 4 === 3 ? 255 : value + ((i * 7) % 11);
  }),
);
const coarse = createHeatmap(
  24,
  24,
  Float32Array.from(
    { length: 24 * 24 },
    (_, i) => 0.95 / (1 + Math.exp(inDisc(i % 24, Math.floor(i / 24), 0.25) / 1.5)),
  ),
);
const layer = (threshold: number, more: Partial<Layer> = {}): Layer =>
  ({ kind: 'prompt', id: 1, combine: 'union', enabled: true, prompt: 'disc', threshold, ...more }) as Layer;
const withLayers = (...layers: Layer[]): StudioDocument => ({ ...EMPTY_DOCUMENT, layers });
const open = () => createPipeline(image, 1, new Map([['disc', coarse]]));

it('exact: the mask is that of the engine at the threshold of now, whatever was shown before', () => {
  const pipeline = open();
  for (const threshold of [0.5, 0.2, 0.7]) {
    const document = withLayers(layer(threshold));
    pipeline.compute(document, 'held');
    const expected = thresholdHeatmap(refineHeatmap(coarse, image, { mode: 'fast', pivot: threshold }), threshold);
    expect(pipeline.compute(document, 'exact').data).toEqual(expected.data);
  }
});

it('held: edges of an earlier threshold, until they are refined for the one of now', () => {
  const pipeline = open();
  const [before, now] = [withLayers(layer(0.5)), withLayers(layer(0.8))];
  expect(pipeline.isHeld(now)).toBe(false);
  pipeline.compute(before, 'exact');
  expect(pipeline.isHeld(before)).toBe(false);
  expect(pipeline.isHeld(now)).toBe(true);
  const held = thresholdHeatmap(refineHeatmap(coarse, image, { mode: 'fast', pivot: 0.5 }), 0.8);
  expect(pipeline.compute(now, 'held').data).toEqual(held.data);
  pipeline.compute(now, 'exact');
  expect(pipeline.isHeld(now)).toBe(false);
});

it('two layers of one phrase each have the edges of their own threshold', () => {
  const pipeline = open();
  const document = withLayers(layer(0.2), layer(0.8, { id: 2, combine: 'subtract' }));
  const { data } = pipeline.compute(document, 'exact');
  const at = (threshold: number) =>
    thresholdHeatmap(refineHeatmap(coarse, image, { mode: 'fast', pivot: threshold }), threshold).data;
  const [low, high] = [at(0.2), at(0.8)];
  expect(data).toEqual(low.map((value, i) => Math.min(value, 255 - high[i]!)));
});

it('what one size refined serves as the held edges of another', () => {
  const pipeline = open();
  const document = withLayers(layer(0.4));
  pipeline.compute(document, 'exact');
  const small = createPipeline(createRaster(48, 48, 4, new Uint8Array(48 * 48 * 4)), 0.5, new Map([['disc', coarse]]));
  const [refined] = pipeline.refined(document, { width: 48, height: 48 });
  small.adopt(refined!);
  const full = pipeline.compute(document, 'exact').data;
  // The pixel at the center of each of 2 x 2.
  const expected = Array.from(
    { length: 48 * 48 },
    (_, i) => full[(2 * Math.floor(i / 48) + 1) * SIDE + 2 * (i % 48) + 1],
  );
  expect([...small.compute(document, 'held').data]).toEqual(expected);
});
