import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { fitToSize } from '../../../../src/io/image/fit-to-size.js';
import {
  loadPromptableSegmenter,
  type MaskPrompt,
  type PromptableImage,
  type PromptableSegmenter,
} from '../../../../src/models/sam/promptable-segmenter.js';
import { createMask, createRaster } from '../../../../src/raster/index.js';
import { temporaryFolder } from '../../../support/folder.js';

/** Models of the true architectures and what Python's transformers says; test/fixtures/promptable/generate.py. */
const FIXTURES = 'test/fixtures/promptable';

interface Answer {
  /** The earlier mask: logits of an answer, or the red rectangle of the image. */
  readonly mask?: 'answer' | 'rectangle';
  readonly earlier?: readonly number[] | null;
  readonly points?: readonly (readonly [number, number, number])[];
  readonly box?: readonly [number, number, number, number];
  readonly scores: readonly number[];
  readonly logits: readonly number[];
}

const folder = temporaryFolder();
const open: PromptableSegmenter[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((segmenter) => segmenter.dispose()));
});

/** A folder as a repository has it. */
function unpack(name: string, as = name): string {
  const place = join(folder(), as);
  cpSync(join(FIXTURES, name), place, { recursive: true });
  for (const file of readdirSync(join(place, 'onnx'))) {
    const path = join(place, 'onnx', file);
    writeFileSync(path.replace(/\.gz$/, ''), gunzipSync(readFileSync(path)));
    rmSync(path);
  }
  return place;
}

interface Read {
  readonly image: ReturnType<typeof createRaster>;
  readonly prompts: readonly Answer[];
  /** Prompts with an earlier mask. */
  readonly withMasks: readonly Answer[];
}

function read(name: string): Read {
  const { width, height, prompts } = JSON.parse(
    gunzipSync(readFileSync(join(FIXTURES, name, 'answers.json.gz'))).toString(),
  ) as { width: number; height: number; prompts: readonly Answer[] };
  return {
    image: createRaster(width, height, 3, readFileSync(join(FIXTURES, name, 'image.u8'))),
    prompts: prompts.filter(({ mask }) => mask === undefined),
    withMasks: prompts.filter(({ mask }) => mask !== undefined),
  };
}

async function openImage(model: string, image: ReturnType<typeof createRaster>): Promise<PromptableImage> {
  const segmenter = await loadPromptableSegmenter({ model });
  open.push(segmenter);
  return segmenter.open(fitToSize(image, segmenter.inputSize(image), 'bilinear'), image);
}

function promptOf({ points = [], box }: Answer): MaskPrompt {
  return {
    points: points.map(([x, y, label]) => ({ x, y, include: label === 1 })),
    box: box && { x: box[0], y: box[1], width: box[2] - box[0], height: box[3] - box[1] },
  };
}

function expectAnswer(masks: Awaited<ReturnType<PromptableImage['segment']>>, answer: Answer): void {
  const logits = masks.flatMap((mask) => [...mask.logits]);
  expect(logits).toHaveLength(answer.logits.length);
  const worst = Math.max(...logits.map((value, i) => Math.abs(value - answer.logits[i]!)));
  expect(worst).toBeLessThan(1e-3);
  masks.forEach(({ score }, i) => expect(score).toBeCloseTo(answer.scores[i]!, 3));
}

describe('points and boxes give the logits of transformers in Python, preprocessing included', () => {
  it('SAM with points and a box', async () => {
    const place = unpack('sam');
    renameSync(join(place, 'onnx/boxes.onnx'), join(place, 'onnx/prompt_encoder_mask_decoder.onnx'));
    const { image, prompts } = read('sam');
    const opened = await openImage(place, image);
    for (const answer of prompts.filter(({ box }) => box !== undefined)) {
      expectAnswer(await opened.segment(promptOf(answer)), answer);
    }
  });

  it('SAM with points only, as SlimSAM is exported', async () => {
    const { image, prompts } = read('sam');
    const opened = await openImage(unpack('sam'), image);
    for (const answer of prompts.filter(({ box }) => box === undefined)) {
      expectAnswer(await opened.segment(promptOf(answer)), answer);
    }
  });

  it('SAM with points and an earlier mask: logits of an answer, or a mask of the image', async () => {
    const place = unpack('sam');
    renameSync(join(place, 'onnx/masks.onnx'), join(place, 'onnx/prompt_encoder_mask_decoder.onnx'));
    const { image, prompts, withMasks } = read('sam');
    const opened = await openImage(place, image);
    const [segmenter] = open;
    expect(segmenter!.takes).toEqual({ points: true, boxes: false, masks: true });
    const rectangle = createMask(image.width, image.height);
    for (let y = 12; y < 40; y++) {
      rectangle.data.fill(255, y * image.width + 15, y * image.width + 50);
    }
    expect(withMasks.map(({ mask }) => mask)).toEqual(['answer', 'rectangle']);
    for (const answer of withMasks) {
      const mask = answer.earlier ? Float32Array.from(answer.earlier) : segmenter!.toMaskLogits(rectangle);
      expectAnswer(await opened.segment({ ...promptOf(answer), mask }), answer);
    }
    expectAnswer(await opened.segment(promptOf(prompts[1]!)), prompts[1]!);
  });

  it('SAM 2, and EdgeTAM, which has the same graphs', async () => {
    const { image, prompts } = read('sam2');
    for (const type of ['sam2', 'edgetam']) {
      const place = unpack('sam2', type);
      const config = join(place, 'config.json');
      writeFileSync(config, readFileSync(config, 'utf8').replace('"model_type": "sam2"', `"model_type": "${type}"`));
      const opened = await openImage(place, image);
      for (const answer of prompts) {
        expectAnswer(await opened.segment(promptOf(answer)), answer);
      }
    }
  });
});

it('an image is encoded once for any number of prompts, and again when others came between', async () => {
  const { image, prompts } = read('sam');
  const first = await openImage(unpack('sam'), image);
  const [segmenter] = open;
  const other = createRaster(image.width, image.height, 3, image.data.toReversed());
  const pixels = (of: typeof image): typeof image => fitToSize(of, segmenter!.inputSize(of), 'bilinear');
  for (let i = 0; i < 3; i++) {
    expectAnswer(await first.segment(promptOf(prompts[0]!)), prompts[0]!);
  }
  expect((await segmenter!.usage()).images).toBe(1);
  for (let i = 0; i < 4; i++) {
    await segmenter!.open(pixels(other), other).segment({ points: [{ x: 1, y: 1 }] });
  }
  expectAnswer(await first.segment(promptOf(prompts[0]!)), prompts[0]!);
  expect((await segmenter!.usage()).images).toBe(6);
});
