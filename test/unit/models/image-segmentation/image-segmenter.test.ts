import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { fitToSize } from '../../../../src/io/image/fit-to-size.js';
import {
  type ImageSegmentationTask,
  type ImageSegmenter,
  loadImageSegmenter,
  toPart,
  toSubject,
} from '../../../../src/models/image-segmentation/image-segmenter.js';
import { segmentationInputSize } from '../../../../src/models/image-segmentation/image-segmentation-config.js';
import { createRaster } from '../../../../src/raster/index.js';
import { labelsOfParts, modelOfParts } from '../../../../src/sources/segmentation/part-names.js';
import { temporaryFolder } from '../../../support/folder.js';
import { node, onnxModel, valueInfo } from '../../../support/onnx.js';
import { writeModel } from '../../../support/toy-clipseg.js';

/** A SegFormer of the true architecture and what Python's transformers says; test/fixtures/segformer/generate.py. */
const FIXTURE = 'test/fixtures/segformer';

const folder = temporaryFolder();
const open: ImageSegmenter[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((segmenter) => segmenter.dispose()));
});

async function load(model: string, task: ImageSegmentationTask): Promise<ImageSegmenter> {
  const segmenter = await loadImageSegmenter({ model }, task);
  open.push(segmenter);
  return segmenter;
}

const gunzip = (path: string): Buffer => gunzipSync(readFileSync(join(FIXTURE, path)));

it('SegFormer gives the logits of transformers in Python, preprocessing included', async () => {
  const place = join(folder(), 'segformer');
  cpSync(FIXTURE, place, { recursive: true });
  writeFileSync(join(place, 'onnx/model.onnx'), gunzip('onnx/model.onnx.gz'));
  rmSync(join(place, 'onnx/model.onnx.gz'));
  const { width, height, logits } = JSON.parse(gunzip('answers.json.gz').toString()) as {
    width: number;
    height: number;
    logits: readonly number[];
  };
  const image = createRaster(width, height, 3, readFileSync(join(FIXTURE, 'image.u8')));
  const segmenter = await load(place, 'image-segmentation');
  expect(segmenter.labels).toEqual(['background', 'skin', 'nose', 'hair', 'hat']);
  const found = await segmenter.segment(fitToSize(image, segmenter.inputSize(image), segmenter.filter));
  const values = found.planes.flatMap((plane) => [...plane]);
  expect(values).toHaveLength(logits.length);
  expect(Math.max(...values.map((value, i) => Math.abs(value - logits[i]!)))).toBeLessThan(1e-3);
});

describe('background removal', () => {
  /** The mean of the channels, after preprocessing: `operator` stands for the last layer. */
  const toy = (operator: 'Identity' | 'Sigmoid'): Record<string, Buffer> => ({
    'config.json': Buffer.from(JSON.stringify({ model_type: 'birefnet' })),
    'preprocessor_config.json': Buffer.from(
      JSON.stringify({
        size: { width: 4, height: 4 },
        image_mean: [0.5, 0.5, 0.5],
        image_std: [0.125, 0.125, 0.125],
        resample: 2,
      }),
    ),
    'onnx/model.onnx': onnxModel({
      nodes: [
        node('ReduceMean', ['input_image'], ['mean'], { axes: [1], keepdims: 1 }),
        node(operator, ['mean'], ['output_image']),
      ],
      initializers: [],
      inputs: [valueInfo('input_image', 'float', ['n', 3, 'h', 'w'])],
      outputs: [valueInfo('output_image', 'float', ['n', 1, 'h', 'w'])],
    }),
  });

  it.each(['Identity', 'Sigmoid'] as const)('a graph that ends with %s gives probabilities', async (operator) => {
    const segmenter = await load(writeModel(join(folder(), operator), toy(operator)), 'background-removal');
    const pixels = createRaster(
      4,
      4,
      3,
      Uint8Array.from({ length: 48 }, (_, i) => Math.floor(i / 3) * 17),
    );
    const heatmap = toSubject(await segmenter.segment(pixels));
    heatmap.data.forEach((value, i) => {
      const logit = ((i * 17) / 255 - 0.5) / 0.125;
      expect(value).toBeCloseTo(1 / (1 + Math.exp(-logit)), 5);
    });
  });

  it('scales the shorter side to a multiple where the configuration says so, as MODNet does', () => {
    const config = {
      size: { shortestEdge: 512 },
      multiple: 32,
      filter: 'bilinear',
      labels: [],
      mean: [0, 0, 0],
      std: [1, 1, 1],
    } as const;
    // 1000 x 700: 731.4 x 512, rounded to 731 and then down to 704.
    expect(segmentationInputSize({ width: 1000, height: 700 }, config)).toEqual({ width: 704, height: 512 });
  });

  it('a model of another task is refused by name', async () => {
    const place = writeModel(join(folder(), 'other'), toy('Sigmoid'));
    await expect(load(place, 'image-segmentation')).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('is a "birefnet" model') as string,
    });
  });
});

describe('parts', () => {
  it('a pixel is selected exactly where the largest of its logits is of a wanted label', () => {
    const planes = [
      [3, 1, 0, 2],
      [1, 2, 0, 5],
      [2, 3, -1, 4],
    ].map((plane) => Float32Array.from(plane));
    const heatmap = toPart({ width: 4, height: 1, planes }, new Set([1, 2]));
    expect([...heatmap.data].map((value) => value >= 0.5)).toEqual([false, true, true, true]);
    expect(heatmap.data[0]).toBeCloseTo(1 / (1 + Math.exp(3 - 2)), 6);
  });

  it('names stand for labels, for groups of labels, and choose the model', () => {
    const labels = ['background', 'skin', 'nose', 'l_eye', 'r_eye', 'hair'];
    expect([...labelsOfParts(['hair', 'Eyes'], labels, 'x')]).toEqual([5, 3, 4]);
    expect([...labelsOfParts(['face'], labels, 'x')]).toEqual([1, 2, 3, 4]);
    expect([...labelsOfParts(['face'], ['Background', 'Face', 'skin'], 'x')]).toEqual([1]);
    expect(() => labelsOfParts(['hiar'], labels, 'face-parsing')).toThrow('face-parsing knows no part "hiar"');
    expect([modelOfParts(['hair', 'face']), modelOfParts(['Pants'])]).toEqual(['face-parsing', 'clothes']);
  });
});
