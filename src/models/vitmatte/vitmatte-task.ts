import { join } from 'node:path';
import { VitMatteForImageMatting } from '@huggingface/transformers';
import type { Size } from '../../raster/index.js';
import { floatInput, loadFullModel } from '../onnx/load-full-model.js';
import { floatsOf } from '../onnx/named-tensor.js';
import { runFailure } from '../onnx/runtime-errors.js';
import { readNormalization } from '../preprocess/pixel-normalization.js';
import { toPixelValues } from '../preprocess/pixel-values.js';
import type { LocalModel } from '../registry/local-model.js';
import { type Computed, createStopwatch } from '../registry/model-usage.js';
import { damagedFile, isWholeNumber, quote, readModelJson } from '../registry/validate-model-file.js';
import type { LoadedModel } from '../worker/worker-protocol.js';

export interface SolveAlphaArgument extends Size {
  /** RGB of 8 bits. */
  readonly rgb: Uint8Array;
  /** 0 background, 128 unknown, 255 foreground. */
  readonly trimap: Uint8Array;
}

const LARGEST_DIVISOR = 512;

/** Loads a ViTMatte in a worker: four channels, padded as transformers' `VitMatteImageProcessor` does, to an alpha. */
export async function openVitmatte(model: LocalModel): Promise<LoadedModel> {
  const path = join(model.folder, 'preprocessor_config.json');
  const processor = await readModelJson(path);
  const normalization = readNormalization({ image_mean: HALVES, image_std: HALVES, ...processor }, path);
  const divisor = processor['size_divisibility'] ?? processor['size_divisor'] ?? 32;
  if (!isWholeNumber(divisor, 1, LARGEST_DIVISOR)) {
    throw damagedFile(path, `its size_divisibility is ${quote(divisor)}, not a number of pixels`);
  }
  const full = await loadFullModel(model, VitMatteForImageMatting);
  const images = createStopwatch();
  const type = full.inputs.get('pixel_values')?.type;

  const solve = async ({ rgb, trimap, width, height }: SolveAlphaArgument): Promise<Float32Array> => {
    const padded = { width: roundUp(width, divisor), height: roundUp(height, divisor) };
    const area = padded.width * padded.height;
    const values = new Float32Array(4 * area);
    const colors = toPixelValues(rgb, normalization);
    const known = Float32Array.from(trimap, (value) => value / 255);
    for (let channel = 0; channel < 4; channel++) {
      const plane = channel < 3 ? colors.subarray(channel * width * height) : known;
      for (let y = 0; y < height; y++) {
        values.set(plane.subarray(y * width, (y + 1) * width), channel * area + y * padded.width);
      }
    }
    const input = floatInput(values, [1, 4, padded.height, padded.width], type);
    const { alphas } = await full.run({ pixel_values: input });
    const [rows, columns] = alphas?.dims.slice(-2) ?? [];
    if (alphas === undefined || rows !== padded.height || columns !== padded.width) {
      throw runFailure(model.identity.id, new Error(`there is no output alphas of the input's size`));
    }
    const found = floatsOf(alphas);
    const out = new Float32Array(width * height);
    for (let y = 0; y < height; y++) {
      out.set(found.subarray(y * padded.width, y * padded.width + width), y * width);
    }
    return out;
  };
  return {
    info: {},
    methods: {
      solve: (argument: SolveAlphaArgument) => images.run(1, () => solve(argument)),
      usage: async (): Promise<Computed> => ({ images: images.count(), imageMs: images.ms(), phrases: 0, phraseMs: 0 }),
    },
  };
}

/** The mean and standard deviation of `VitMatteImageProcessor` where the file names none. */
const HALVES = [0.5, 0.5, 0.5];

function roundUp(length: number, divisor: number): number {
  return Math.ceil(length / divisor) * divisor;
}
