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
import { findInstances } from '../../engine/instances/find-instances.js';
import { evaluatePrompt } from '../../prompts/evaluate-prompt.js';
import { parsePrompts } from '../../prompts/parse-prompt.js';
import { phraseThresholds } from '../../prompts/phrase-thresholds.js';
import { phrasesOf } from '../../prompts/prompt-tree.js';
import { trimToSize, useKey } from '../../lru-map.js';
import { maximum } from '../../prompts/heatmap-math.js';
import {
  createHeatmap,
  createMask,
  type Heatmap,
  type Mask,
  type Raster,
  resizeHeatmap,
  type Size,
} from '../../raster/index.js';
import {
  activeLayers,
  type Layer,
  type PromptLayer,
  scaleOperations,
  type StudioDocument,
  toMaskOperations,
} from '../model/studio-document.js';
import type { Retouch } from './rasterize-strokes.js';
import { createRetouchLayer } from './retouch-layer.js';
import type { InstanceAt, RefinedHeatmap } from './thread-protocol.js';

/**
 * Which edges do: `exact` refines them for the threshold of now, `held` takes those of an earlier one where there are
 * some, so that the mask follows a slider.
 */
export type Edges = 'held' | 'exact';

/** One image at one size, and what was computed for it. */
export interface Pipeline {
  readonly image: Raster;
  /** The mask that a document makes. */
  readonly compute: (document: StudioDocument, edges: Edges) => Mask;
  /** Whether `held` differs from `exact`, and is there without refining anything. */
  readonly isHeld: (document: StudioDocument) => boolean;
  /** What is refined for the thresholds of a document, sampled at another size. */
  readonly refined: (document: StudioDocument, size: Size) => readonly RefinedHeatmap[];
  /** Takes what was refined elsewhere, in this size. */
  readonly adopt: (refined: RefinedHeatmap) => void;
  /** Heatmap of one prompt, or the maximum of all. Undefined without prompts. */
  readonly heatmap: (document: StudioDocument) => Heatmap | undefined;
  /** Statistics of each phrase of a prompt. */
  readonly measure: (layer: PromptLayer, refine: StudioDocument['refine']) => Readonly<Record<string, DetectionStats>>;
  readonly retouch: (document: StudioDocument) => Retouch;
  readonly instanceAt: (layer: PromptLayer, refine: StudioDocument['refine'], x: number, y: number) => InstanceAt;
}

/** Coarse heatmaps of phrases, as the server sends them. */
export type CoarseHeatmaps = ReadonlyMap<string, Heatmap>;

/** Bytes of refined heatmaps that are kept: eight of 12 MP. */
const MAX_REFINED_BYTES = 400e6;
const MAX_LAYER_MASKS = 8;

/** @param scale pixels of this image for one of the original: 1 at full size */
export function createPipeline(image: Raster, scale: number, coarse: CoarseHeatmaps): Pipeline {
  const refined = new Map<string, { readonly pivot: number; readonly heatmap: Heatmap }>();
  const maxRefined = Math.max(1, Math.floor(MAX_REFINED_BYTES / (image.width * image.height * 4)));
  let segmenter: SeedSegmenter | undefined;
  const layerMasks = new Map<string, Mask>();
  const retouches = createRetouchLayer(image, scale);

  const keep = (key: string, pivot: number, heatmap: Heatmap): Heatmap => {
    refined.delete(key);
    trimToSize(refined, maxRefined - 1);
    refined.set(key, { pivot, heatmap });
    return heatmap;
  };

  /** A phrase's heatmap at this size, along the image's edges; `pivot` is the threshold that follows. */
  const enlarge = ({ key, phrase, pivot }: Leaf, refine: StudioDocument['refine'], edges: Edges): Heatmap => {
    const known = useKey(refined, key);
    if (known !== undefined && (known.pivot === pivot || refine === 'off' || edges === 'held')) {
      return known.heatmap;
    }
    const source = coarse.get(phrase)!;
    return keep(
      key,
      pivot,
      refine === 'off' ? resizeHeatmap(source, image) : refineHeatmap(source, image, { mode: refine, pivot }),
    );
  };

  /** As `findPrompts` does it: heatmaps at full size, combined, and thresholded last. */
  const findPrompt = (layer: PromptLayer, refine: StudioDocument['refine'], edges: Edges): Heatmap => {
    const leaves = new Map(leavesOf(layer, refine).map((leaf) => [leaf.phrase, leaf]));
    return evaluatePrompt(
      parsePrompts(layer.prompt)[0]!.tree,
      {
        phrase: (phrase) => enlarge(leaves.get(phrase)!, refine, edges),
        file: () => createMask(image.width, image.height),
      },
      image,
      layer.threshold,
    );
  };

  const hasHeatmaps = ({ prompt }: PromptLayer): boolean =>
    phrasesOf(parsePrompts(prompt)[0]!.tree).every((phrase) => coarse.has(phrase));

  const activeLeaves = (document: StudioDocument): readonly Leaf[] =>
    activeLayers(document).flatMap((layer) =>
      layer.kind === 'prompt' && hasHeatmaps(layer) ? leavesOf(layer, document.refine) : [],
    );

  const cached = (key: unknown, make: () => Mask): Mask => {
    const text = JSON.stringify(key);
    const known = useKey(layerMasks, text);
    if (known !== undefined) {
      return known;
    }
    trimToSize(layerMasks, MAX_LAYER_MASKS - 1);
    const mask = make();
    layerMasks.set(text, mask);
    return mask;
  };

  const maskOf = (layer: Layer, refine: StudioDocument['refine'], edges: Edges): Mask => {
    switch (layer.kind) {
      case 'prompt':
        return thresholdHeatmap(findPrompt(layer, refine, edges), layer.threshold);
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

  return {
    image,
    compute: (document, edges) => {
      const layers = activeLayers(document).filter((layer) => layer.kind !== 'prompt' || hasHeatmaps(layer));
      const masks = layers.map((layer) => maskOf(layer, document.refine, edges));
      const combined =
        masks.length === 0
          ? createMask(image.width, image.height)
          : masks.reduce((result, mask, i) => combineMasks([result, mask], layers[i]!.combine));
      const operated = applyMaskOperations(combined, toMaskOperations(scaleOperations(document.operations, scale)));
      if (document.strokes.length === 0) {
        return operated;
      }
      const { add, erase } = retouches.draw(document.strokes);
      return combineMasks([combineMasks([operated, erase], 'subtract'), add], 'union');
    },
    isHeld: (document) => {
      const leaves = activeLeaves(document);
      return (
        document.refine !== 'off' &&
        leaves.every(({ key }) => refined.has(key)) &&
        leaves.some(({ key, pivot }) => refined.get(key)!.pivot !== pivot)
      );
    },
    refined: (document, size) =>
      activeLeaves(document).flatMap(({ key, pivot }) => {
        const known = refined.get(key);
        return known === undefined ? [] : [{ key, pivot, ...sampleNearest(known.heatmap, size) }];
      }),
    adopt: ({ key, pivot, ...heatmap }) => {
      keep(key, pivot, createHeatmap(heatmap.width, heatmap.height, heatmap.data));
    },
    heatmap: (document) => {
      const [first, ...rest] = document.layers
        .filter((layer): layer is PromptLayer => layer.kind === 'prompt' && layer.enabled)
        .filter(hasHeatmaps)
        .map((layer) => findPrompt(layer, document.refine, 'held'));
      return rest.reduce<Heatmap | undefined>((left, right) => maximum(left!, right), first);
    },
    measure: (layer, refine) =>
      !hasHeatmaps(layer)
        ? {}
        : Object.fromEntries(
            leavesOf(layer, refine).map((leaf) => {
              const mask = thresholdHeatmap(enlarge(leaf, refine, 'exact'), leaf.pivot);
              return [leaf.phrase, measureDetection(coarse.get(leaf.phrase)!, mask, leaf.pivot)];
            }),
          ),
    retouch: ({ strokes }) => retouches.draw(strokes),
    instanceAt: (layer, refine, x, y) => {
      if (!hasHeatmaps(layer)) {
        return { rank: 0, count: 0 };
      }
      const { threshold } = layer;
      const { labels, instances } = findInstances(findPrompt(layer, refine, 'exact'), { threshold });
      const pixel = Math.floor(y * scale) * image.width + Math.floor(x * scale);
      return { rank: labels[pixel] ?? 0, count: instances.length };
    },
  };
}

/** A phrase of a layer, the threshold that it is refined for, and the name that the result is kept by. */
interface Leaf {
  readonly key: string;
  readonly phrase: string;
  readonly pivot: number;
}

function leavesOf({ id, prompt, threshold }: PromptLayer, refine: StudioDocument['refine']): Leaf[] {
  const { tree } = parsePrompts(prompt)[0]!;
  const own = phraseThresholds(tree);
  return phrasesOf(tree).map((phrase) => ({
    key: `${id} ${refine} ${phrase}`,
    phrase,
    pivot: own.get(phrase) ?? threshold,
  }));
}

/** The values at the centers of the pixels of a smaller size. */
function sampleNearest({ width, height, data }: Heatmap, size: Size) {
  const out = new Float32Array(size.width * size.height);
  const columns = Int32Array.from({ length: size.width }, (_, x) => Math.floor(((x + 0.5) * width) / size.width));
  for (let y = 0, i = 0; y < size.height; y++) {
    const row = Math.floor(((y + 0.5) * height) / size.height) * width;
    for (let x = 0; x < size.width; x++, i++) {
      out[i] = data[row + columns[x]!]!;
    }
  }
  return { ...size, data: out };
}
