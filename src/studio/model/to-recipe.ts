import type { RecipeInput } from '../../recipe/schema.js';
import {
  activeLayers,
  type ExportSettings,
  type Layer,
  type StudioDocument,
  toMaskOperations,
} from './studio-document.js';

/** The files of what was painted by hand, by the names that the recipe knows them by. */
export interface RetouchNames {
  readonly add: string;
  readonly erase: string;
}

/** What a recipe needs besides the document. */
export interface ToRecipeOptions {
  /** The image, as a command would name it; left out where it travels with the request. */
  readonly input?: string | undefined;
  readonly retouch: RetouchNames;
  readonly outdir: string;
  /** The model, where it is not the default. */
  readonly model?: string | undefined;
}

/** A document as a recipe: running it writes what the studio shows. */
export function toRecipe(document: StudioDocument, { input, retouch, outdir, model }: ToRecipeOptions): RecipeInput {
  const mask = toMaskOperations(document.operations);
  const layers = activeLayers(document);
  return {
    ...(model === undefined ? {} : { model }),
    ...(input === undefined ? {} : { inputs: [literal(input)] }),
    ...(document.refine === 'fast' ? {} : { refine: document.refine }),
    sources: layers.length === 0 ? [NOTHING] : layers.map(toSource),
    ...(Object.keys(mask).length === 0 ? {} : { mask }),
    ...(document.strokes.length === 0 ? {} : { retouch: { add: literal(retouch.add), erase: literal(retouch.erase) } }),
    outputs: [toOutput(document.output)],
    outdir,
  };
}

/** Selects no pixel: the least of a range that none can be below. */
const NOTHING = {
  kind: 'channel',
  channel: 'luma',
  mask: { levels: { black: 0, white: 255, outBlack: 0, outWhite: 0 } },
} as const;

type SourceInput = NonNullable<RecipeInput['sources']>[number];
type OutputInput = RecipeInput['outputs'][number];

function toSource(layer: Layer, index: number): SourceInput {
  const combine = index === 0 || layer.combine === 'union' ? {} : { combine: layer.combine };
  switch (layer.kind) {
    case 'prompt':
      return { kind: 'prompt', prompt: literal(layer.prompt), threshold: layer.threshold, ...combine };
    case 'seeds':
      return {
        kind: 'seeds',
        ...(layer.points.length === 0
          ? {}
          : { points: layer.points.map(({ x, y, include }) => `${x},${y}${include ? '' : ',-'}`) }),
        ...(layer.boxes.length === 0
          ? {}
          : { boxes: layer.boxes.map(({ x, y, width, height }) => `${x},${y},${width},${height}`) }),
        ...combine,
      };
    case 'wand':
      return {
        kind: 'wand',
        point: `${layer.x},${layer.y}`,
        tolerance: layer.tolerance,
        contiguous: layer.contiguous,
        ...combine,
      };
  }
}

function toOutput({ kind, target, fitTarget, context, size, format }: ExportSettings): OutputInput {
  switch (kind) {
    case 'target':
      return { kind, target, ...(fitTarget ? { fitTarget } : {}) };
    case 'mask':
      return { kind, name: '{stem}.mask.png' };
    case 'inpaint':
      return { kind };
    case 'debug':
      return { kind, masks: 'combined', name: '{stem}.{kind}.{ext}' };
    case 'crop':
      return { kind, context, ...(size > 0 ? { size } : {}) };
    case 'export':
      return { kind, format };
  }
}

/** Text in which braces stand for themselves, and not for variables. */
function literal(text: string): string {
  return text.replace(/\{([A-Za-z_]\w*)\}/g, '{{$1}}');
}
