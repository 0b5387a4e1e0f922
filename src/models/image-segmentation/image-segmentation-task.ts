import type { Size } from '../../raster/index.js';
import { floatInput, loadFullModel } from '../onnx/load-full-model.js';
import { floatsOf } from '../onnx/named-tensor.js';
import { runFailure } from '../onnx/runtime-errors.js';
import { toPixelValues } from '../preprocess/pixel-values.js';
import type { LocalModel } from '../registry/local-model.js';
import { type Computed, createStopwatch } from '../registry/model-usage.js';
import type { LoadedModel } from '../worker/worker-protocol.js';
import { type ImageSegmentationConfig, readImageSegmentationConfig } from './image-segmentation-config.js';

export type ImageSegmentationInfo = ImageSegmentationConfig;

export interface SegmentArgument extends Size {
  /** RGB of 8 bits. */
  readonly rgb: Uint8Array;
}

/** The planes of the first output, as the graph writes them. */
export interface SegmentedPlanes extends Size {
  readonly planes: readonly Float32Array[];
}

/** Loads a model in a worker that gives one plane (what stands in front), or one for each label. */
export async function openImageSegmentation(model: LocalModel): Promise<LoadedModel> {
  const config = await readImageSegmentationConfig(model.folder);
  const full = await loadFullModel(model);
  const images = createStopwatch();
  // Some graphs call their only input otherwise: input_image, input.
  const name = full.inputs.has('pixel_values') ? 'pixel_values' : [...full.inputs.keys()][0]!;
  const type = full.inputs.get(name)?.type;
  const segment = async ({ rgb, width, height }: SegmentArgument): Promise<SegmentedPlanes> => {
    const pixels = floatInput(toPixelValues(rgb, config), [1, 3, height, width], type);
    const [output] = Object.values(await full.run({ [name]: pixels }));
    const [rows = 0, columns = 0] = output?.dims.slice(-2) ?? [];
    if (output === undefined || rows * columns === 0) {
      throw runFailure(model.identity.id, new Error('there is no output of planes'));
    }
    const values = floatsOf(output);
    const area = rows * columns;
    const planes = Array.from({ length: values.length / area }, (_, i) => values.slice(i * area, (i + 1) * area));
    return { width: columns, height: rows, planes };
  };
  return {
    info: config satisfies ImageSegmentationInfo,
    methods: {
      segment: (argument: SegmentArgument) => images.run(1, () => segment(argument)),
      usage: async (): Promise<Computed> => ({ images: images.count(), imageMs: images.ms(), phrases: 0, phraseMs: 0 }),
    },
  };
}
