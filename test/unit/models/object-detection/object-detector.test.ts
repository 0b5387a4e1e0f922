import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { fitToSize } from '../../../../src/io/image/fit-to-size.js';
import { groundingInputSize } from '../../../../src/models/grounding-dino/grounding-dino-config.js';
import { toDetectionText } from '../../../../src/models/grounding-dino/grounding-dino-task.js';
import {
  loadObjectDetector,
  type ObjectDetector,
  toBoxes,
} from '../../../../src/models/object-detection/object-detector.js';
import { temporaryFolder } from '../../../support/folder.js';
import { type Answered, readAnswers, unpackModel } from '../../../support/model-fixtures.js';

/** A model of the true architecture, and what Python's transformers say; test/fixtures/grounding-dino/generate.py. */
const FIXTURE = 'test/fixtures/grounding-dino';

interface Answer {
  readonly phrase: string;
  readonly logits: readonly number[];
  readonly boxes: readonly number[];
}

const folder = temporaryFolder();
const open: ObjectDetector[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((detector) => detector.dispose()));
});

it('phrases give the logits and boxes of Python transformers, preprocessing and tokens included', async () => {
  const { image, answers } = readAnswers(FIXTURE) as Answered<{ prompts: readonly Answer[] }>;
  const detector = await loadObjectDetector({ model: unpackModel(FIXTURE, join(folder(), 'dino')) });
  open.push(detector);
  const pixels = fitToSize(image, detector.inputSize(image), 'bilinear');
  for (const { phrase, logits, boxes } of answers.prompts) {
    const found = await detector.detect(pixels, image, ` ${phrase.toUpperCase()} `);
    const expected = logits
      .map((logit, i) => ({ logit, box: boxes.slice(4 * i, 4 * i + 4) }))
      .sort((a, b) => b.logit - a.logit);
    expect(found).toHaveLength(expected.length);
    found.forEach(({ bounds: { x, y, width, height }, score }, i) => {
      const { logit, box } = expected[i]!;
      expect(Math.log(score / (1 - score))).toBeCloseTo(logit, 3);
      const [left, top] = [box[0]! - box[2]! / 2, box[1]! - box[3]! / 2];
      const clip = (value: number): number => Math.min(1, Math.max(0, value));
      const edges = [left, top, left + box[2]!, top + box[3]!].map(clip);
      [x / image.width, y / image.height, (x + width) / image.width, (y + height) / image.height].forEach((edge, k) =>
        expect(edge).toBeCloseTo(edges[k]!, 3),
      );
    });
  }
});

it('OWLv2 gives the logits and boxes of Python transformers, padding, blur and tokens included', async () => {
  const owlv2 = 'test/fixtures/owlv2';
  const { image, answers } = readAnswers(owlv2) as Answered<{ prompts: readonly Answer[] }>;
  const place = unpackModel(owlv2, join(folder(), 'owlv2'));
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
    copyFileSync(join('models/tiny-clipseg', file), join(place, file));
  }
  const detector = await loadObjectDetector({ model: place });
  open.push(detector);
  expect(detector.inputSize(image)).toEqual({ width: image.width, height: image.height });
  const square = Math.max(image.width, image.height);
  for (const { phrase, logits, boxes } of answers.prompts) {
    const found = await detector.detect(image, image, phrase);
    const order = logits.map((_, i) => i).sort((a, b) => logits[b]! - logits[a]!);
    expect(found).toHaveLength(order.length);
    found.forEach(({ bounds, score }, k) => {
      const i = order[k]!;
      expect(Math.abs(Math.log(score / (1 - score)) - logits[i]!)).toBeLessThan(1e-3);
      const [x, y, w, h] = boxes.slice(4 * i, 4 * i + 4).map((share) => share * square) as [
        number,
        number,
        number,
        number,
      ];
      const clip = (value: number, side: number): number => Math.min(side, Math.max(0, value));
      expect(bounds.x).toBeCloseTo(clip(x - w / 2, image.width), 2);
      expect(bounds.y).toBeCloseTo(clip(y - h / 2, image.height), 2);
      expect(bounds.x + bounds.width).toBeCloseTo(clip(x + w / 2, image.width), 2);
      expect(bounds.y + bounds.height).toBeCloseTo(clip(y + h / 2, image.height), 2);
    });
  }
});

// By get_size_with_aspect_ratio of transformers 5.24 with 800 and 1333.
it.each([
  [1000, 700, 1142, 800],
  [1920, 1080, 1333, 750],
  [700, 1000, 800, 1142],
  [800, 800, 800, 800],
  [4000, 3000, 1066, 800],
  [3000, 1000, 1333, 444],
  [640, 1707, 500, 1333],
])('an image of %i x %i is scaled to %i x %i', (width, height, toWidth, toHeight) => {
  const config = { shortestEdge: 800, longestEdge: 1333, tokenLimit: 256, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  expect(groundingInputSize({ width, height }, config)).toEqual({ width: toWidth, height: toHeight });
});

it('phrases are written in small letters with one full stop', () => {
  expect([' Red Car ', 'a cat.', 'two dogs ..'].map(toDetectionText)).toEqual(['red car.', 'a cat.', 'two dogs.']);
});

it('boxes are cut off at the edges of the image, the most probable first', () => {
  const boxes = Float32Array.from([0.5, 0.5, 0.5, 0.25, 0, 1, 0.5, 0.5]);
  expect(toBoxes({ logits: Float32Array.from([-1, 0]), boxes }, { width: 80, height: 40 })).toEqual([
    { bounds: { x: 0, y: 30, width: 20, height: 10 }, score: 0.5 },
    { bounds: { x: 20, y: 15, width: 40, height: 10 }, score: 1 / (1 + Math.exp(1)) },
  ]);
});

it('an image beyond 20:1 is refused by its size, in either direction', () => {
  const config = { shortestEdge: 800, longestEdge: 1333 };
  expect(groundingInputSize({ width: 100, height: 2000 }, config)).toEqual({ width: 67, height: 1333 });
  for (const [width, height] of [
    [2001, 100],
    [100, 2001],
  ] as const) {
    expect(() => groundingInputSize({ width, height }, config)).toThrow(
      `the image is ${width} x ${height}: Grounding DINO takes none beyond 20:1`,
    );
  }
});
