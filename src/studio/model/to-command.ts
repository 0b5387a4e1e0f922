import { stringify } from './write-yaml.js';
import { toRecipe, type ToRecipeOptions } from './to-recipe.js';
import { activeLayers, type Layer, type StudioDocument, toMaskOperations } from './studio-document.js';

/**
 * A document as one command line for a POSIX shell, which writes the files that the studio exports. What no option
 * says (points, boxes, a wand, the trio of several layers) is a recipe on standard input.
 */
export function toCommand(document: StudioDocument, options: ToRecipeOptions & { readonly input: string }): string {
  const words = toArguments(document, options);
  if (words === undefined) {
    const recipe = stringify(toRecipe(document, options));
    return `maskwright run - <<'RECIPE'\n${recipe}RECIPE`;
  }
  return ['maskwright', ...words].map(quote).join(' ');
}

/** The arguments of `maskwright`; undefined where options cannot say it. */
export function toArguments(
  document: StudioDocument,
  { input, retouch, outdir, model }: ToRecipeOptions & { readonly input: string },
): readonly string[] | undefined {
  const layers = activeLayers(document);
  const [first] = layers;
  if (!layers.every((layer) => layer.kind === 'prompt') || first?.combine !== 'union') {
    return undefined;
  }
  const output = outputArguments(document);
  if (output === undefined || input.startsWith('-')) {
    return undefined;
  }
  const [command, ...rest] = output;
  const { strokes, refine, operations } = document;
  return [
    command!,
    input,
    ...layers.flatMap(layerArguments),
    ...(refine === 'fast' ? [] : [`--refine=${refine}`]),
    ...operationArguments(operations),
    ...(strokes.length === 0 ? [] : ['--retouch-add', retouch.add, '--retouch-erase', retouch.erase]),
    ...rest,
    ...(outdir === 'outputs' ? [] : ['--output-dir', outdir]),
    ...(model === undefined ? [] : ['--model', model]),
  ];
}

/** Masks of prompts with modes of their own come in the order in which the document combines them. */
function layerArguments(layer: Layer): string[] {
  const { prompt, threshold, combine } = layer as Extract<Layer, { kind: 'prompt' }>;
  const option = { union: '-p', intersect: '--intersect', subtract: '--subtract' }[combine];
  return [option, prompt, String(threshold)];
}

function operationArguments(operations: StudioDocument['operations']): string[] {
  const { open, close, fillHoles, removeSmall, keepLargest, grow, feather, invert } = toMaskOperations(operations);
  const number = (option: string, value: number | undefined): string[] =>
    value === undefined ? [] : [option, String(value)];
  return [
    ...number('--open', open),
    ...number('--close', close),
    ...(fillHoles === true ? ['--fill-holes'] : []),
    ...number('--remove-small', removeSmall),
    ...number('--keep-largest', keepLargest),
    ...number(grow !== undefined && grow < 0 ? '--shrink' : '--grow', grow === undefined ? undefined : Math.abs(grow)),
    ...number('--feather', feather),
    ...(invert === true ? ['--invert'] : []),
  ];
}

function outputArguments({ output }: StudioDocument): string[] | undefined {
  const { kind, target, context, size } = output;
  switch (kind) {
    case 'target':
      return ['inpaint', '--target', target];
    case 'inpaint':
      return ['inpaint'];
    case 'crop':
      return ['crop', '--context', String(context), ...(size > 0 ? ['--size', String(size)] : [])];
    case 'mask':
    case 'debug':
      return undefined;
  }
}

/** A word as the shell reads it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
