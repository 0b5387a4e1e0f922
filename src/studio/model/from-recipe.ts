import {
  ANNOTATION_FORMATS,
  EMPTY_DOCUMENT,
  EXPORT_KINDS,
  type ExportKind,
  type Layer,
  NO_OPERATIONS,
  type StudioDocument,
} from './studio-document.js';

/** What of a recipe has a place in the document, or names the images and the model that the studio has of its own. */
const SHOWN = new Set([
  'about',
  'model',
  'inputs',
  'outdir',
  'recursive',
  'sources',
  'threshold',
  'refine',
  'combine',
  'mask',
  'outputs',
]);
/** What of a source does. */
const SHOWN_OF_SOURCE = new Set([
  'kind',
  'prompt',
  'threshold',
  'combine',
  'points',
  'boxes',
  'point',
  'tolerance',
  'contiguous',
]);

type Data = Readonly<Record<string, unknown>>;

/**
 * The document of a recipe, and what of the recipe the studio cannot show. Prompts, points, boxes and wands become
 * layers, mask operations the sliders.
 */
export function fromRecipe(recipe: Data): { readonly document: StudioDocument; readonly skipped: readonly string[] } {
  const skipped: string[] = [];
  const layers: Layer[] = [];
  for (const source of asList(recipe['sources'])) {
    const layer = toLayer(source, layers.length + 1, recipe);
    if (layer === undefined) {
      skipped.push(`the source ${String(source['prompt'] ?? source['kind'])}`);
    } else {
      layers.push(layer);
    }
  }
  const [steps = {}, ...more] = asList(recipe['mask']);
  if (more.length > 0) {
    skipped.push('mask operations in several steps');
  }
  const known = Object.entries(NO_OPERATIONS).map(([key, value]) => {
    const given = steps[key];
    const fits =
      typeof given === typeof value ||
      (typeof value === 'number' && typeof given === 'string' && /^-?\d+(\.\d+)?(px)?$/.test(given));
    if (given !== undefined && !fits) {
      skipped.push(`mask.${key}: ${JSON.stringify(given)}`);
    }
    return [key, fits ? (typeof value === 'number' ? Number.parseFloat(String(given)) : given) : value];
  });
  skipped.push(
    ...Object.keys(steps)
      .filter((key) => !(key in NO_OPERATIONS))
      .map((key) => `mask.${key}`),
  );
  skipped.push(...Object.keys(recipe).filter((key) => !SHOWN.has(key)));
  const [output = {}, ...others] = asList(recipe['outputs']);
  const kind = EXPORT_KINDS.find((name) => name === output['kind']);
  skipped.push(
    ...(kind === undefined ? [output] : []).concat(others).map((each) => `the output ${String(each['kind'])}`),
  );
  const refine = recipe['refine'];
  return {
    document: {
      ...EMPTY_DOCUMENT,
      layers,
      refine: refine === 'best' || refine === 'off' ? refine : refine === false ? 'off' : 'fast',
      operations: Object.fromEntries(known),
      output: { ...EMPTY_DOCUMENT.output, ...outputOf(output, kind) },
    },
    skipped,
  };
}

function outputOf(output: Data, kind: ExportKind | undefined): Partial<StudioDocument['output']> {
  const { target, fitTarget, context, size } = output;
  const format = ANNOTATION_FORMATS.find((name) => name === output['format']);
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(typeof target === 'string' ? { target } : {}),
    ...(typeof fitTarget === 'boolean' ? { fitTarget } : {}),
    ...(typeof context === 'number' ? { context } : {}),
    ...(typeof size === 'number' ? { size } : {}),
    ...(format === undefined ? {} : { format }),
  };
}

function toLayer(source: Data, id: number, recipe: Data): Layer | undefined {
  const { kind, prompt, threshold = recipe['threshold'], combine: own = recipe['combine'] } = source;
  const combine = own === 'intersect' || own === 'subtract' ? own : 'union';
  if (Object.keys(source).some((key) => !SHOWN_OF_SOURCE.has(key) && source[key] !== false)) {
    return undefined;
  }
  if (kind === 'prompt' && typeof prompt === 'string') {
    const value = Number(threshold ?? 0.5);
    if (!Number.isFinite(value)) {
      return undefined;
    }
    return {
      kind,
      id,
      combine,
      enabled: true,
      prompt: prompt.replaceAll('{{', '{').replaceAll('}}', '}'),
      threshold: value,
    };
  }
  if (kind === 'seeds') {
    const numbers = (text: unknown): number[] => String(text).split(',').map(Number.parseFloat);
    const points = texts(source['points']).map((text) => {
      const [x, y] = numbers(text);
      return { x: x!, y: y!, include: !text.trim().endsWith('-') };
    });
    const boxes = texts(source['boxes']).map((text) => {
      const [x, y, width, height] = numbers(text);
      return { x: x!, y: y!, width: width!, height: height! };
    });
    return [...texts(source['points']), ...texts(source['boxes'])].some((text) => text.includes('%'))
      ? undefined
      : { kind, id, combine, enabled: true, points, boxes };
  }
  if (kind === 'wand' && typeof source['point'] === 'string' && !source['point'].includes('%')) {
    const [x, y] = source['point'].split(',').map(Number.parseFloat);
    const { tolerance = 12.5, contiguous = true } = source;
    return {
      kind,
      id,
      combine,
      enabled: true,
      x: x!,
      y: y!,
      tolerance: Number(tolerance),
      contiguous: contiguous === true,
    };
  }
  return undefined;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function asList(value: unknown): Data[] {
  return [value ?? []].flat().filter((item): item is Data => typeof item === 'object' && item !== null);
}
