import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/image/decode-image.js';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createMask, type Raster } from '../../src/raster/index.js';
import { examplePath, exampleTruth, intersectionOverUnion } from '../support/examples.js';
import { temporaryFolder } from '../support/folder.js';
import { runInProcess } from '../support/in-process.js';
import { type Answered, interpolate, readAnswers, unpackModel } from '../support/model-fixtures.js';
import { node, onnxModel, tensor, valueInfo } from '../support/onnx.js';
import { readPng } from '../support/read-png.js';
import { writeModel } from '../support/toy-clipseg.js';

const folder = temporaryFolder();
const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

async function select(image: Raster, ...args: readonly string[]): Promise<{ samples: number[]; stderr: string }> {
  writeFileSync(join(folder(), 'image.png'), await encodeImage(image));
  const run = await runInProcess(['mask', 'image.png', ...args, '-o', 'out.png', '--offline'], folder());
  expect(run.code, run.stderr).toBe(0);
  const { samples, width, height } = readPng(join(folder(), 'out.png'));
  expect([width, height]).toEqual([image.width, image.height]);
  return { samples: [...samples], stderr: run.stderr };
}

/** Where the probability is not too near to 0.5 for the arithmetic of one program or the other, it decides. */
function expectSelected(samples: readonly number[], probability: readonly number[]): void {
  const sure = probability.map((value) => Math.abs(value - 0.5) > 1e-4);
  expect(sure.filter(Boolean).length).toBeGreaterThan(probability.length * 0.99);
  const wrong = samples.filter((value, i) => sure[i]! && value >= 128 !== probability[i]! > 0.5);
  expect(wrong).toEqual([]);
}

it('--subject writes what the model gives in PyTorch, with its preprocessing and enlarged, as a soft mask', async () => {
  const fixture = 'test/fixtures/birefnet';
  const { image, answers } = readAnswers(fixture) as Answered<{ mask: readonly number[] }>;
  unpackModel(fixture, join(folder(), 'subject'));
  const { samples } = await select(image, '--subject', '--subject-model', './subject', '--refine=off');
  const differences = samples.map((value, i) => Math.abs(value - 255 * answers.mask[i]!));
  // Rounded to a level at the size of the model, and again at that of the image.
  expect(Math.max(...differences)).toBeLessThan(1 + 255e-4);
  expect(new Set(samples).size).toBeGreaterThan(50);
});

it('--matte-model writes the alpha of a matting model in the unknown band, and the trimap elsewhere', async () => {
  const fixture = 'test/fixtures/vitmatte';
  const { image, answers } = readAnswers(fixture) as Answered<{ alpha: readonly number[] }>;
  const trimap = createMask(image.width, image.height, readFileSync(join(fixture, 'trimap.u8')));
  writeFileSync(join(folder(), 'trimap.png'), await encodeImage(trimap));
  unpackModel(fixture, join(folder(), 'vitmatte'));
  const { samples } = await select(image, '-m', 'trimap.png', '--trimap', 'trimap.png', '--matte-model', './vitmatte');
  const expected = answers.alpha.map((value, i) => (trimap.data[i] === 128 ? value * 255 : trimap.data[i]!));
  // Half a level is rounding.
  expect(Math.max(...samples.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(0.5 + 255e-4);
});

describe('--segmenter with a model in a folder', () => {
  interface Prompt {
    readonly points?: readonly (readonly [number, number, number])[];
    readonly box?: readonly [number, number, number, number];
    readonly scores: readonly number[];
    readonly shape: readonly number[];
    readonly logits: readonly number[];
  }

  it('points and boxes select what the best of the model’s masks in Python selects, and --mask-index another one', async () => {
    const fixture = 'test/fixtures/promptable/sam2';
    const { image, answers } = readAnswers(fixture) as Answered<{ prompts: readonly Prompt[] }>;
    unpackModel(fixture, join(folder(), 'sam2'));
    for (const { points = [], box, scores, shape, logits } of answers.prompts.slice(1)) {
      const [height = 0, width = 0] = shape.slice(-2);
      const prompt = [
        ...points.flatMap(([x, y, label]) => ['--point', `${x},${y}${label === 1 ? '' : ',-'}`]),
        ...(box === undefined ? [] : ['--box', `${box[0]},${box[1]},${box[2] - box[0]},${box[3] - box[1]}`]),
      ];
      for (const index of points.length > 0 ? [undefined] : [undefined, 1]) {
        const best = index ?? scores.indexOf(Math.max(...scores));
        const data = logits.slice(best * width * height, (best + 1) * width * height).map(sigmoid);
        const choice = index === undefined ? [] : ['--mask-index', String(index)];
        const { samples } = await select(image, ...prompt, '--segmenter', './sam2', '--refine=off', ...choice);
        expectSelected(samples, interpolate({ width, height, data }, image.width, image.height));
      }
    }
  });
});

it('--part selects the pixels that the model in Python labels so, several parts together', async () => {
  const fixture = 'test/fixtures/segformer';
  const { image, answers } = readAnswers(fixture) as Answered<{ shape: readonly number[]; logits: readonly number[] }>;
  unpackModel(fixture, join(folder(), 'parts'));
  const [labels = 0, height = 0, width = 0] = answers.shape.slice(-3);
  // The labels are background, skin, nose, hair, hat.
  const wanted = [2, 3];
  const data = Array.from({ length: width * height }, (_, i) => {
    const logit = (label: number): number => answers.logits[label * width * height + i]!;
    const others = Array.from({ length: labels }, (_unused, label) => label).filter((label) => !wanted.includes(label));
    return sigmoid(Math.max(...wanted.map(logit)) - Math.max(...others.map(logit)));
  });
  const { samples } = await select(image, '--part', 'nose,hair', '--part-model', './parts', '--refine=off');
  expectSelected(samples, interpolate({ width, height, data }, image.width, image.height));
});

describe('--mask-prompt', () => {
  const [width, height] = [32, 20];
  const image: Raster = { kind: 'raster', width, height, channels: 3, data: new Uint8Array(width * height * 3) };
  const rectangle = Uint8Array.from({ length: width * height }, (_, i) =>
    i % width >= 12 && i % width < 26 && i >= 6 * width && i < 14 * width ? 255 : 0,
  );
  /** A SAM that answers with the earlier mask; without an input for one, with the brightness of the image. */
  function writeSam(place: string, takesMasks: boolean): void {
    const embeddings = ['image_embeddings', 'image_positional_embeddings'].map((name) =>
      valueInfo(name, 'float', [1, 1, 16, 16]),
    );
    const inputs = [
      valueInfo('input_points', 'float', [1, 'p', 'n', 2]),
      valueInfo('input_labels', 'int64', [1, 'p', 'n']),
      ...embeddings,
      ...(takesMasks ? [valueInfo('mask_input', 'float', [1, 1, 16, 16])] : []),
    ];
    writeModel(place, {
      'config.json': Buffer.from(JSON.stringify({ model_type: 'sam' })),
      'preprocessor_config.json': Buffer.from(
        JSON.stringify({ size: { longest_edge: 32 }, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }),
      ),
      'onnx/vision_encoder.onnx': onnxModel({
        nodes: [
          node('ReduceMean', ['pixel_values'], ['gray'], { axes: [1], keepdims: 1 }),
          node('AveragePool', ['gray'], ['image_embeddings'], { kernel_shape: [2, 2], strides: [2, 2] }),
          node('Identity', ['image_embeddings'], ['image_positional_embeddings']),
        ],
        initializers: [],
        inputs: [valueInfo('pixel_values', 'float', [1, 3, 32, 32])],
        outputs: embeddings,
      }),
      'onnx/prompt_encoder_mask_decoder.onnx': onnxModel({
        nodes: [
          node('Reshape', [takesMasks ? 'mask_input' : 'image_embeddings', 'five'], ['pred_masks']),
          node('ReduceMean', ['pred_masks'], ['iou_scores'], { axes: [3, 4], keepdims: 0 }),
        ],
        initializers: [tensor('five', [5], BigInt64Array.of(1n, 1n, 1n, 16n, 16n))],
        inputs,
        outputs: [valueInfo('pred_masks', 'float', [1, 1, 1, 16, 16]), valueInfo('iou_scores', 'float', [1, 1, 1])],
      }),
    });
  }
  const prompt = ['--point', '2,3', '--mask-prompt', 'earlier.png', '--segmenter', './sam', '--refine=off'];

  it('gives the model the earlier mask at its resolution, next to the points', async () => {
    writeSam(join(folder(), 'sam'), true);
    writeFileSync(join(folder(), 'earlier.png'), await encodeImage(createMask(width, height, rectangle)));
    const { samples, stderr } = await select(image, ...prompt);
    expect(samples).toEqual([...rectangle]);
    expect(stderr).not.toContain('earlier mask');
  });

  it('has no effect where the graph takes no mask, and a warning says so', async () => {
    writeSam(join(folder(), 'sam'), false);
    writeFileSync(join(folder(), 'earlier.png'), await encodeImage(createMask(width, height, rectangle)));
    const white = Uint8Array.from({ length: image.data.length }, (_, i) => ((i / 3) % width < 16 ? 255 : 0));
    const { samples, stderr } = await select({ ...image, data: white }, ...prompt);
    expect(samples).toEqual(Array.from(rectangle, (_, i) => (i % width < 16 ? 255 : 0)));
    expect(stderr).toContain('./sam takes no earlier mask: it has no effect');
  });
});

describe('an earlier mask and points', () => {
  const inDisc =
    (cx: number, cy: number, r: number) =>
    (i: number): boolean =>
      Math.hypot((i % 120) - cx, Math.floor(i / 120) - cy) <= r;
  const [left, right] = [inDisc(30, 40, 18), inDisc(85, 40, 18)];
  const discs: Raster = {
    kind: 'raster',
    width: 120,
    height: 80,
    channels: 3,
    data: Uint8Array.from({ length: 120 * 80 * 3 }, (_, k) => {
      const color = left(Math.floor(k / 3)) || right(Math.floor(k / 3)) ? [220, 120, 20] : [30, 60, 140];
      return color[k % 3]!;
    }),
  };
  const maskOf = (inside: (i: number) => boolean): Uint8Array =>
    Uint8Array.from({ length: 120 * 80 }, (_, i) => (inside(i) ? 255 : 0));

  it.each([
    ['adds what a point is on', left, [], (i: number) => left(i) || right(i)],
    ['--combine subtract takes it out', (i: number) => left(i) || right(i), ['--combine', 'subtract'], left],
  ])('%s', async (_, earlier, options, expected) => {
    writeFileSync(join(folder(), 'earlier.png'), await encodeImage(createMask(120, 80, maskOf(earlier))));
    const { samples } = await select(discs, '-m', 'earlier.png', '--point', '85,40', ...options);
    const truth = maskOf(expected);
    const wrong = samples.filter((value, i) => value >= 128 !== truth[i]! >= 128).length;
    expect(wrong / truth.filter((value) => value > 0).length).toBeLessThan(0.03);
  });
});

describe('--ground', () => {
  interface Answer {
    readonly phrase: string;
    readonly logits: readonly number[];
    readonly boxes: readonly number[];
  }
  const fixture = 'test/fixtures/grounding-dino';
  const best = ({ logits, boxes }: Answer, image: Raster): { score: number; box: string } => {
    const first = logits.indexOf(Math.max(...logits));
    const [x = 0, y = 0, w = 0, h = 0] = boxes.slice(4 * first, 4 * first + 4);
    const edges = [x - w / 2, y - h / 2, x + w / 2, y + h / 2].map((edge) => Math.min(1, Math.max(0, edge)));
    const [left = 0, top = 0, right = 0, bottom = 0] = edges.map(
      (edge, i) => edge * [image.width, image.height][i % 2]!,
    );
    return { score: sigmoid(logits[first]!), box: `${left},${top},${right - left},${bottom - top}` };
  };

  it('selects what the segmenter selects in the box that the model in Python finds', async () => {
    const { image, answers } = readAnswers(fixture) as Answered<{ prompts: readonly Answer[] }>;
    unpackModel(fixture, join(folder(), 'dino'));
    unpackModel('test/fixtures/promptable/sam2', join(folder(), 'sam2'));
    const segmenter = ['--segmenter', './sam2', '--refine=off'];
    const [answer] = answers.prompts as readonly [Answer];
    const { score, box } = best(answer, image);
    const byBox = await select(image, '--box', box, ...segmenter);
    const threshold = String(score - 1e-4);
    const ground = ['--ground', answer.phrase, '--ground-model', './dino', '--ground-threshold', threshold];
    const byPhrase = await select(image, ...ground, ...segmenter);
    const differing = byPhrase.samples.filter((value, i) => value !== byBox.samples[i]).length;
    expect(differing / image.width / image.height).toBeLessThan(0.002);
    expect(byPhrase.samples).toContain(255);
  });

  it('a phrase without a box is absent: a warning says so, and selects nothing beside the other masks', async () => {
    const { image } = readAnswers(fixture);
    unpackModel(fixture, join(folder(), 'dino'));
    const absent = ['--ground', 'red car', '--ground-model', './dino', '--ground-threshold', '1'];
    const { samples, stderr } = await select(image, ...absent, '--wand', '20,20');
    expect(stderr).toContain(`"red car" is absent: no box reaches 1, the best has `);
    expect(samples).toEqual((await select(image, '--wand', '20,20')).samples);
  });
});

describe('--segmenter tiny', () => {
  it.each([
    ['a click', ['--point', '137,725']],
    ['a box', ['--box', '0,610,1536,414']],
  ])('%s selects the table of the still life, by the model in this package', async (_, prompt) => {
    const { raster } = await decodeImage(examplePath('still-life'));
    const { samples } = await select(raster, ...prompt, '--segmenter', 'tiny');
    const { data } = exampleTruth('still-life', 'table');
    expect(intersectionOverUnion(Uint8Array.from(samples), data)).toBeGreaterThan(0.8);
  });
});
