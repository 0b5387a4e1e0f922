import { readFileSync } from 'node:fs';
import { loadDepthEstimator } from '../../models/depth-anything/depth-estimator.js';
import { loadTextSegmenter } from '../../models/clipseg/text-segmenter.js';
import { embeddedFolder } from '../../models/registry/known-models.js';
import { loadPromptableSegmenter } from '../../models/sam/promptable-segmenter.js';
import { createRaster, type Raster } from '../../raster/index.js';
import { withModel } from './with-model.js';

/** Values of another program, by models/train/record_self_test.py. */
interface Recorded {
  readonly mean: number;
  readonly places: readonly number[];
  readonly values: readonly number[];
}

/** Differences of rounding between processors stay below this. */
const TOLERANCE = 1e-3;
const LARGEST_DEPTH_INPUT = { width: 112, height: 112 };

/** Runs the embedded models on a computed image, and returns their largest difference from the recorded values. */
export async function runSelfTest(): Promise<{ readonly difference: number; readonly isPassed: boolean }> {
  const recorded = JSON.parse(readFileSync(embeddedFolder('self-test.json'), 'utf8')) as {
    readonly tiny: Recorded & { readonly phrase: string };
    readonly 'depth-tiny': Recorded;
    readonly 'sam-tiny': Recorded & {
      /** Of the square that the model takes. */
      readonly side: number;
      readonly point: { readonly x: number; readonly y: number };
    };
  };
  const { tiny: text, 'depth-tiny': depth, 'sam-tiny': sam } = recorded;
  const difference = Math.max(
    await withModel(loadTextSegmenter({ model: 'tiny' }), async (segmenter) => {
      const { inputSize } = segmenter;
      const [heatmap] = await segmenter.segment(pattern(inputSize, inputSize), [text.phrase]);
      return differenceOf(heatmap!.data, text);
    }),
    await withModel(loadDepthEstimator({ model: 'depth-tiny' }), async (estimator) => {
      const { width, height } = estimator.inputSize(LARGEST_DEPTH_INPUT);
      return differenceOf((await estimator.estimate(pattern(width, height))).data, depth);
    }),
    await withModel(loadPromptableSegmenter({ model: 'tiny' }), async (segmenter) => {
      const raster = pattern(sam.side, sam.side);
      const image = segmenter.open(raster, raster);
      const [mask] = await image.segment({ points: [sam.point] });
      return differenceOf(mask!.heatmap.data, sam);
    }),
  );
  return { difference, isPassed: difference < TOLERANCE };
}

/** The image of the recording: (3x + y, 2y, x * y) mod 256 at (x, y). */
function pattern(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      data.set([(3 * x + y) % 256, (2 * y) % 256, (x * y) % 256], i);
    }
  }
  return createRaster(width, height, 3, data);
}

function differenceOf(values: Float32Array, { mean, places, values: expected }: Recorded): number {
  const found = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.max(Math.abs(found - mean), ...places.map((place, i) => Math.abs(values[place]! - expected[i]!)));
}
