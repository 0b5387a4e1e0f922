import {
  applyMaskOperations,
  combineMasks,
  createSeedSegmenter,
  type DetectionStats,
  magicWand,
  measureDetection,
  refineHeatmap,
  type SeedSegmenter,
  thresholdHeatmap,
} from '../../engine/index.js';
import { evaluatePrompt } from '../../prompts/evaluate-prompt.js';
import { parsePrompts } from '../../prompts/parse-prompt.js';
import { phraseThresholds } from '../../prompts/phrase-thresholds.js';
import { phrasesOf } from '../../prompts/prompt-tree.js';
import { createMask, type Heatmap, type Mask, type Raster, resizeHeatmap } from '../../raster/index.js';
import {
  activeLayers,
  type Layer,
  type PromptLayer,
  scaleOperations,
  type StudioDocument,
  toMaskOperations,
} from '../model/studio-document.js';
import { drawStrokes, emptyRetouch, type Retouch } from './rasterize-strokes.js';

/** One image at one size, and what was computed for it. */
export interface Pipeline {
  readonly image: Raster;
  /** Pixels of this size for one of the image: 1 at full size. */
  readonly scale: number;
  /**
   * The mask that a document makes. `isDragging`: probabilities refined for an earlier threshold will do, so that the
   * mask follows the slider.
   */
  readonly compute: (document: StudioDocument, isDragging: boolean) => Mask;
  /** Heatmap of one prompt, or the maximum of all. Undefined without prompts. */
  readonly heatmap: (document: StudioDocument) => Heatmap | undefined;
  /** Statistics of each phrase of a prompt. */
  readonly measure: (layer: PromptLayer, refine: StudioDocument['refine']) => Readonly<Record<string, DetectionStats>>;
  readonly retouch: (document: StudioDocument) => Retouch;
}

/** Coarse heatmaps of phrases, as the server sends them. */
export type CoarseHeatmaps = ReadonlyMap<string, Heatmap>;

export function createPipeline(image: Raster, scale: number, coarse: CoarseHeatmaps): Pipeline {
  const refined = new Map<string, { readonly pivot: number; readonly heatmap: Heatmap }>();
  let segmenter: SeedSegmenter | undefined;
  const layerMasks = new Map<string, Mask>();
  let drawn: { readonly strokes: StudioDocument['strokes']; readonly retouch: Retouch } | undefined;

  /** A phrase's heatmap at this size, along the image's edges; `pivot` is the threshold that follows. */
  const enlarge = (phrase: string, refine: StudioDocument['refine'], pivot: number, isDragging: boolean): Heatmap => {
    const key = `${refine} ${phrase}`;
    const known = refined.get(key);
    if (known !== undefined && (known.pivot === pivot || isDragging)) {
      return known.heatmap;
    }
    const source = coarse.get(phrase)!;
    const heatmap =
      refine === 'off' ? resizeHeatmap(source, image) : refineHeatmap(source, image, { mode: refine, pivot });
    refined.set(key, { pivot: refine === 'off' ? pivot : pivot, heatmap });
    return heatmap;
  };

  /** As `findPrompts` does it: heatmaps at full size, combined, and thresholded last. */
  const findPrompt = (
    text: string,
    threshold: number,
    refine: StudioDocument['refine'],
    isDragging: boolean,
  ): Heatmap => {
    const [prompt] = parsePrompts(text);
    const { tree } = prompt!;
    const own = phraseThresholds(tree);
    return evaluatePrompt(
      tree,
      {
        phrase: (phrase) => enlarge(phrase, refine, own.get(phrase) ?? threshold, isDragging),
        file: () => createMask(image.width, image.height),
      },
      image,
      threshold,
    );
  };

  const hasHeatmaps = ({ prompt }: PromptLayer): boolean =>
    phrasesOf(parsePrompts(prompt)[0]!.tree).every((phrase) => coarse.has(phrase));

  const cached = (key: unknown, make: () => Mask): Mask => {
    const text = JSON.stringify(key);
    const known = layerMasks.get(text);
    if (known !== undefined) {
      return known;
    }
    if (layerMasks.size > 8) {
      layerMasks.delete(layerMasks.keys().next().value!);
    }
    const mask = make();
    layerMasks.set(text, mask);
    return mask;
  };

  const maskOf = (layer: Layer, refine: StudioDocument['refine'], isDragging: boolean): Mask => {
    switch (layer.kind) {
      case 'prompt':
        return thresholdHeatmap(findPrompt(layer.prompt, layer.threshold, refine, isDragging), layer.threshold);
      case 'seeds':
        return cached([layer.points, layer.boxes], () => {
          segmenter ??= createSeedSegmenter(image);
          const at = ({ x, y, ...rest }: { readonly x: number; readonly y: number }) => ({
            ...rest,
            x: x * scale,
            y: y * scale,
          });
          return segmenter.segment({
            points: layer.points.map((point) => ({ ...at(point), include: point.include })),
            boxes: layer.boxes.map((box) => ({ ...at(box), width: box.width * scale, height: box.height * scale })),
          });
        });
      case 'wand':
        return cached([layer.x, layer.y, layer.tolerance, layer.contiguous], () =>
          magicWand(image, { x: layer.x * scale, y: layer.y * scale }, layer),
        );
    }
  };

  const retouchOf = ({ strokes }: StudioDocument): Retouch => {
    const isLonger =
      drawn !== undefined &&
      drawn.strokes.length <= strokes.length &&
      drawn.strokes.every(
        (stroke, i) => stroke === strokes[i] || JSON.stringify(stroke) === JSON.stringify(strokes[i]),
      );
    const retouch = isLonger ? drawn!.retouch : emptyRetouch(image);
    drawStrokes(isLonger ? strokes.slice(drawn!.strokes.length) : strokes, retouch, scale);
    drawn = { strokes, retouch };
    return retouch;
  };

  return {
    image,
    scale,
    compute: (document, isDragging) => {
      const layers = activeLayers(document).filter((layer) => layer.kind !== 'prompt' || hasHeatmaps(layer));
      const masks = layers.map((layer) => maskOf(layer, document.refine, isDragging));
      const combined =
        masks.length === 0
          ? createMask(image.width, image.height)
          : masks.reduce((result, mask, i) => combineMasks([result, mask], layers[i]!.combine));
      const operated = applyMaskOperations(combined, toMaskOperations(scaleOperations(document.operations, scale)));
      if (document.strokes.length === 0) {
        return operated;
      }
      const { add, erase } = retouchOf(document);
      return combineMasks([combineMasks([operated, erase], 'subtract'), add], 'union');
    },
    heatmap: (document) => {
      const layers = document.layers.filter((layer): layer is PromptLayer => layer.kind === 'prompt' && layer.enabled);
      const heatmaps = layers
        .filter(hasHeatmaps)
        .map(({ prompt, threshold }) => findPrompt(prompt, threshold, document.refine, true));
      const [first, ...rest] = heatmaps;
      return rest.reduce<Heatmap | undefined>(
        (highest, heatmap) => ({
          ...highest!,
          data: highest!.data.map((value, i) => Math.max(value, heatmap.data[i]!)),
        }),
        first,
      );
    },
    measure: (layer, refine) => {
      if (!hasHeatmaps(layer)) {
        return {};
      }
      const { tree } = parsePrompts(layer.prompt)[0]!;
      const own = phraseThresholds(tree);
      return Object.fromEntries(
        phrasesOf(tree).map((phrase) => {
          const threshold = own.get(phrase) ?? layer.threshold;
          const mask = thresholdHeatmap(enlarge(phrase, refine, threshold, true), threshold);
          return [phrase, measureDetection(coarse.get(phrase)!, mask, threshold)];
        }),
      );
    },
    retouch: retouchOf,
  };
}
