import { z } from 'zod';
import type { PathFields } from '../sources/schema-fields.js';
import { channelOutput } from './channel-output.js';
import { compositeOutput } from './composite-output.js';
import { debugOutput } from './debug-output.js';
import { depthOutput } from './depth/depth-output.js';
import { exportOutput } from './export-output.js';
import { cropOutput } from './inpaint/crop-output.js';
import { inpaintOutput } from './inpaint/inpaint-output.js';
import { outpaintOutput } from './inpaint/outpaint-output.js';
import { targetOutput } from './inpaint/target-output.js';
import type { SharedSplit } from './layers/cut-layers.js';
import { layersOutput } from './layers/layers-output.js';
import { maskOutput } from './mask-output.js';
import { trimapOutput } from './trimap-output.js';
import type { ImageNaming, ImageTask, ListedFolder, OutputModule, PlannedFile, Rendered, RunImages } from './output.js';

/** How a recipe writes an output. */
export function outputSchema(fields: PathFields) {
  return z.discriminatedUnion('kind', [
    maskOutput.schema(fields),
    debugOutput.schema(fields),
    inpaintOutput.schema(fields),
    targetOutput.schema(fields),
    cropOutput.schema(fields),
    outpaintOutput.schema(fields),
    compositeOutput.schema(fields),
    layersOutput.schema(fields),
    channelOutput.schema(fields),
    depthOutput.schema(fields),
    exportOutput.schema(fields),
    trimapOutput.schema(fields),
  ]);
}

/** What a recipe writes for each image. */
export type RecipeOutput = z.output<ReturnType<typeof outputSchema>>;

export type OutputOf<Kind extends RecipeOutput['kind']> = Extract<RecipeOutput, { kind: Kind }>;

/** Every kind of output, by its name in a recipe. */
const OUTPUTS: { readonly [Kind in RecipeOutput['kind']]: OutputModule<OutputOf<Kind>> } = {
  mask: maskOutput,
  debug: debugOutput,
  inpaint: inpaintOutput,
  target: targetOutput,
  crop: cropOutput,
  outpaint: outpaintOutput,
  composite: compositeOutput,
  layers: layersOutput,
  channel: channelOutput,
  depth: depthOutput,
  export: exportOutput,
  trimap: trimapOutput,
};

/** Whether an output needs a mask, and so its recipe sources. */
export function needsMask({ kind }: Pick<RecipeOutput, 'kind'>): boolean {
  return OUTPUTS[kind].needsMask;
}

/** The files that an output reads, besides the image. */
export function readsOf(output: RecipeOutput): readonly string[] {
  return moduleOf(output).reads?.(output) ?? [];
}

/** The files that an output writes for one image. Throws `USAGE` for a bad name. */
export function planOutput(output: RecipeOutput, naming: ImageNaming): readonly PlannedFile[] {
  return moduleOf(output).plan(output, naming);
}

/** The folder that the files of an output are listed in. */
export function listedFolderOf(output: RecipeOutput, naming: ImageNaming): ListedFolder | undefined {
  return moduleOf(output).listedFolder?.(output, naming);
}

/** What all images of a run have in common for an output. */
export async function prepareOutput(
  output: RecipeOutput,
  images: RunImages<RecipeOutput>,
): Promise<SharedSplit | undefined> {
  return moduleOf(output).prepare?.(output, images);
}

/** The same files, encoded, and what they show. */
export function renderOutput(output: RecipeOutput, task: ImageTask, shared?: SharedSplit): Promise<Rendered> {
  const module = moduleOf(output);
  return module.render(output, task, module.plan(output, task.naming), shared);
}

function moduleOf({ kind }: RecipeOutput): OutputModule<RecipeOutput> {
  return OUTPUTS[kind] as OutputModule<RecipeOutput>;
}
