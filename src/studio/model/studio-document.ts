/** How a layer acts on the mask: it adds to it, keeps only what it selects as well, or takes away. */
export const LAYER_MODES = ['union', 'intersect', 'subtract'] as const;
export type LayerMode = (typeof LAYER_MODES)[number];

interface LayerFields {
  readonly id: number;
  readonly combine: LayerMode;
  /** Left out of the mask while it is false. */
  readonly enabled: boolean;
}

/** A prompt, detected by the model. */
export interface PromptLayer extends LayerFields {
  readonly kind: 'prompt';
  readonly prompt: string;
  readonly threshold: number;
}

/** Points and boxes on a thing, in pixels of the image. */
export interface SeedsLayer extends LayerFields {
  readonly kind: 'seeds';
  readonly points: readonly { readonly x: number; readonly y: number; readonly include: boolean }[];
  readonly boxes: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
}

/** The pixels whose color is that of a point. */
export interface WandLayer extends LayerFields {
  readonly kind: 'wand';
  readonly x: number;
  readonly y: number;
  /** Percent. */
  readonly tolerance: number;
  readonly contiguous: boolean;
}

export type Layer = PromptLayer | SeedsLayer | WandLayer;

/** A stroke of the brush or eraser, or the outline of the lasso. */
export interface Stroke {
  readonly shape: 'line' | 'polygon';
  readonly mode: 'add' | 'erase';
  /** x and y in turn, in pixels of the image. */
  readonly points: readonly number[];
  /** Pixels; 0 for polygons. */
  readonly radius: number;
  /** 0 (soft) to 1 (hard). */
  readonly hardness: number;
}

/** What is done to the mask after the layers are combined; lengths and areas in pixels of the image. */
export interface Operations {
  readonly close: number;
  readonly open: number;
  readonly fillHoles: boolean;
  readonly removeSmall: number;
  readonly keepLargest: number;
  /** Negative values shrink. */
  readonly grow: number;
  readonly feather: number;
  readonly invert: boolean;
}

export const EXPORT_KINDS = ['target', 'mask', 'inpaint', 'debug', 'crop', 'export'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** Formats of annotation tools and paint programs. */
export const ANNOTATION_FORMATS = ['coco', 'yolo', 'svg', 'label-png', 'psd'] as const;
export type AnnotationFormat = (typeof ANNOTATION_FORMATS)[number];

/** What is exported. */
export interface ExportSettings {
  readonly kind: ExportKind;
  readonly target: string;
  /** Meet the sizes that the target takes, by scaling or padding. */
  readonly fitTarget: boolean;
  /** How much larger than the selection a crop is. */
  readonly context: number;
  /** The long side of a crop, in pixels; 0: as it is. */
  readonly size: number;
  readonly format: AnnotationFormat;
}

/** All that one does to an image. It is plain data: history, autosave and recipes are made of it. */
export interface StudioDocument {
  readonly layers: readonly Layer[];
  readonly refine: 'fast' | 'best' | 'off';
  readonly operations: Operations;
  readonly strokes: readonly Stroke[];
  readonly output: ExportSettings;
}

export const NO_OPERATIONS: Operations = {
  close: 0,
  open: 0,
  fillHoles: false,
  removeSmall: 0,
  keepLargest: 0,
  grow: 0,
  feather: 0,
  invert: false,
};

export const EMPTY_DOCUMENT: StudioDocument = {
  layers: [],
  refine: 'fast',
  operations: NO_OPERATIONS,
  strokes: [],
  output: { kind: 'target', target: 'comfyui', fitTarget: false, context: 1.5, size: 0, format: 'coco' },
};

const LAYER_KINDS = ['prompt', 'seeds', 'wand'] as const satisfies readonly Layer['kind'][];

/**
 * The layers that make the mask, in the order in which they act: what adds, what intersects, what subtracts. Within
 * those the order changes nothing; it is that of the options of a command line.
 */
export function activeLayers({ layers }: Pick<StudioDocument, 'layers'>): readonly Layer[] {
  return LAYER_MODES.flatMap((mode) =>
    LAYER_KINDS.flatMap((kind) =>
      layers.filter((layer) => layer.enabled && layer.combine === mode && layer.kind === kind),
    ),
  );
}

/** Whether nothing was done yet. */
export function isEmptyDocument({ layers, strokes, operations }: StudioDocument): boolean {
  return layers.length === 0 && strokes.length === 0 && JSON.stringify(operations) === JSON.stringify(NO_OPERATIONS);
}

/**
 * The mask operations of a recipe: what changes nothing is left out. Lengths are text, as those of a command line: files
 * name the operations that made them, so that their bytes depend on it.
 */
export function toMaskOperations(operations: Operations) {
  const { close, open, fillHoles, removeSmall, keepLargest, grow, feather, invert } = operations;
  return {
    ...(open > 0 ? { open: String(open) } : {}),
    ...(close > 0 ? { close: String(close) } : {}),
    ...(fillHoles ? { fillHoles } : {}),
    ...(removeSmall > 0 ? { removeSmall: String(removeSmall) } : {}),
    ...(keepLargest > 0 ? { keepLargest } : {}),
    ...(grow !== 0 ? { grow: String(grow) } : {}),
    ...(feather > 0 ? { feather: String(feather) } : {}),
    ...(invert ? { invert } : {}),
  };
}

/** The same for an image that is scaled: lengths shrink with it, areas with its square. */
export function scaleOperations(operations: Operations, scale: number): Operations {
  return {
    ...operations,
    close: operations.close * scale,
    open: operations.open * scale,
    removeSmall: operations.removeSmall * scale * scale,
    grow: operations.grow * scale,
    feather: operations.feather * scale,
  };
}
