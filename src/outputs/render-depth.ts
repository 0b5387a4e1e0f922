import { MaskwrightError } from '../errors.js';
import { decodeDepth, type DecodeDepthOptions } from '../io/depth/decode-depth.js';
import { depthFileKinds, makeDepthFiles } from './depth-output.js';
import type { DepthImageOptions } from './depth-images.js';
import { readDepthSplitPlan } from '../sources/depth-split-plan.js';
import {
  type OutputOf,
  pathOf,
  type ImageNaming,
  type PlannedFile,
  type RecipeInput,
  type Renderer,
  withKinds,
} from './renderer.js';

type Depth = OutputOf<'depth'>;

export const depth: Renderer<Depth, RecipeInput> = {
  plan: (output, _, naming) => plannedFiles(output, naming),
  render: async (output, { source, input, naming, provenance, split: shared }) => {
    const path = output.path ?? source;
    if (typeof path !== 'string') {
      throw new MaskwrightError('USAGE', `${input} is given as bytes, and depth maps are read from files`, {
        hint: 'name the file under `path` of the output',
      });
    }
    const made = await makeDepthFiles(
      await decodeDepth(path, decodingOf(output)),
      {
        images: imagesOf(output),
        cutoff: output.cutoff,
        range: output.range === 'shared' ? shared?.range : output.range,
        recipe: output.recipe === undefined ? undefined : await readDepthSplitPlan(output.recipe),
        histogramPlot: output.histogramPlot,
        provenance,
      },
      (kind) => pathOf(output.name, kind, '', naming),
    );
    return { files: withKinds(made.files, plannedFiles(output, naming)), warnings: made.warnings };
  },
};

/** How the map of an output is read. */
export function decodingOf({ channel, depthNear }: Depth): DecodeDepthOptions {
  return { channel, depthOrder: depthNear && `near-is-${depthNear}` };
}

function imagesOf({ compress, near, bits, mask, noise, seed, regions }: Depth): DepthImageOptions {
  return { compress, polarity: `near-${near}`, bits: bits === 16 ? 16 : 8, mask, noise, seed, regions };
}

function plannedFiles(output: Depth, naming: ImageNaming): PlannedFile[] {
  const kinds = depthFileKinds({ images: imagesOf(output), histogramPlot: output.histogramPlot });
  return kinds.map((kind) => ({ kind, path: pathOf(output.name, kind, '', naming) }));
}
