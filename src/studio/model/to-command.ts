import { stringify } from './write-yaml.js';
import { toRecipe, type ToRecipeOptions } from './to-recipe.js';
import {
  activeLayers,
  type Layer,
  type PromptLayer,
  type SeedsLayer,
  type StudioDocument,
  toMaskOperations,
} from './studio-document.js';

/**
 * A document as one command line for a POSIX shell, which writes the files that the studio exports. What no option
 * says (several layers of points, a wand that subtracts, the three debug images) is a recipe on standard input.
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
  const isSaid = layers.every(({ kind, combine }) => kind === 'prompt' || combine === 'union');
  const ofKind = <Kind extends Layer['kind']>(kind: Kind) =>
    layers.filter((layer): layer is Extract<Layer, { kind: Kind }> => layer.kind === kind);
  const [seeds, ...moreSeeds] = ofKind('seeds');
  const wands = ofKind('wand');
  const isContiguous = wands[0]?.contiguous ?? true;
  if (
    !isSaid ||
    first?.combine !== 'union' ||
    moreSeeds.length > 0 ||
    wands.some(({ contiguous }) => contiguous !== isContiguous)
  ) {
    return undefined;
  }
  const output = outputArguments(document);
  // Braces in a path of an option stand for the image.
  const isTemplate = document.strokes.length > 0 && /\{\w+\}/.test(retouch.add + retouch.erase);
  if (output === undefined || input.startsWith('-') || isTemplate) {
    return undefined;
  }
  const [command, ...rest] = output;
  const { strokes, refine, operations } = document;
  return [
    command!,
    input,
    ...(seeds === undefined ? [] : seedsArguments(seeds)),
    ...wands.flatMap(({ x, y, tolerance }) => ['--wand', `${x},${y},${tolerance}`]),
    ...(isContiguous ? [] : ['--no-contiguous']),
    ...ofKind('prompt').flatMap(promptArguments),
    ...(refine === 'fast' ? [] : [`--refine=${refine}`]),
    ...operationArguments(operations),
    ...(strokes.length === 0 ? [] : ['--retouch-add', retouch.add, '--retouch-erase', retouch.erase]),
    ...rest,
    ...(outdir === 'outputs' ? [] : ['--output-dir', outdir]),
    ...(model === undefined ? [] : ['--model', model]),
  ];
}

/** A prompt and its threshold, under the option of its mode. */
function promptArguments({ prompt, threshold, combine }: PromptLayer): string[] {
  const option = { union: '-p', intersect: '--intersect', subtract: '--subtract' }[combine];
  return [option, prompt, String(threshold)];
}

function seedsArguments({ points, boxes }: SeedsLayer): string[] {
  return [
    ...points.flatMap(({ x, y, include }) => ['--point', `${x},${y}${include ? '' : ',-'}`]),
    ...boxes.flatMap(({ x, y, width, height }) => ['--box', `${x},${y},${width},${height}`]),
  ];
}

function operationArguments(operations: StudioDocument['operations']): string[] {
  const { open, close, fillHoles, removeSmall, keepLargest, grow, feather, invert } = toMaskOperations(operations);
  const number = (option: string, value: number | string | undefined): string[] =>
    value === undefined ? [] : [option, String(value)];
  return [
    ...number('--open', open),
    ...number('--close', close),
    ...(fillHoles === true ? ['--fill-holes'] : []),
    ...number('--remove-small', removeSmall),
    ...number('--keep-largest', keepLargest),
    ...(grow?.startsWith('-') === true ? ['--shrink', grow.slice(1)] : number('--grow', grow)),
    ...number('--feather', feather),
    ...(invert === true ? ['--invert'] : []),
  ];
}

function outputArguments({ output }: StudioDocument): string[] | undefined {
  const { kind, target, fitTarget, context, size } = output;
  switch (kind) {
    case 'target':
      return ['inpaint', '--target', target, ...(fitTarget ? ['--fit-target'] : [])];
    case 'inpaint':
      return ['inpaint'];
    case 'crop':
      return ['crop', '--context', String(context), ...(size > 0 ? ['--size', String(size)] : [])];
    case 'mask':
    case 'debug':
    case 'export':
      return undefined;
  }
}

/** A word as the shell reads it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
