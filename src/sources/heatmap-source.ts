import { z } from 'zod';
import { autoThreshold, invertMask, thresholdHeatmap } from '../engine/index.js';
import { decodeHeatmap } from '../io/depth/decode-heatmap.js';
import { stemOf } from '../io/files/output-names.js';
import { enlargeHeatmap } from './detection/enlarge-heatmap.js';
import { PROMPT_DEFAULTS } from './detection/prompt-settings.js';
import { threshold } from './schema-fields.js';
import {
  type FoundMask,
  type SourceFields,
  sourceFields,
  type SourceImage,
  type SourceModule,
  type SourceSettings,
} from './source.js';

/** A heatmap file: the probabilities of another program, of any size. */
export interface HeatmapSource extends SourceFields {
  readonly kind: 'heatmap';
  readonly path: string;
  /** Goes before the threshold of the settings. */
  readonly threshold?: number | 'auto' | undefined;
}

export const heatmapSource = {
  schema: ({ path }) =>
    z
      .strictObject({
        kind: z.literal('heatmap'),
        path: path.describe('a heatmap file: gray of 8 or 16 bits, or a float TIFF, PFM or EXR of values from 0 to 1'),
        threshold: threshold().optional().describe('probability from which a pixel is selected, or auto'),
        ...sourceFields(),
      })
      .transform((source) => [source]),
  label: ({ path }) => stemOf(path),
  files: ({ path }) => [path],
  find: (sources, image, settings) => Promise.all(sources.map((source) => findHeatmap(source, image, settings))),
} satisfies SourceModule<HeatmapSource>;

async function findHeatmap(source: HeatmapSource, image: SourceImage, settings: SourceSettings): Promise<FoundMask> {
  const { path, invert } = source;
  const [{ heatmap: coarse, warnings }, { raster }] = await Promise.all([
    settings.read(path).then((read) => decodeHeatmap(read, path)),
    image.decoded(),
  ]);
  const wanted = source.threshold ?? settings.prompt.threshold;
  const limit = wanted === 'auto' ? autoThreshold(coarse) : wanted;
  const { refine = PROMPT_DEFAULTS.refine } = settings.prompt;
  const heatmap = enlargeHeatmap(coarse, raster, refine, limit);
  const mask = thresholdHeatmap(heatmap, limit);
  return {
    label: path,
    mask: invert === true ? invertMask(mask) : mask,
    heatmap,
    warnings,
    provenance: {
      heatmap: path,
      threshold: limit,
      ...(wanted === 'auto' ? { thresholdMethod: 'auto' } : {}),
      refine,
    },
  };
}
