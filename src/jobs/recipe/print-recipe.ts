import { stringify } from 'yaml';
import { describeDepthEnd } from '../../depth/select-depth.js';
import type { MaskSource } from '../sources.js';
import { type RecipeSource, recipeSchema } from './schema.js';

/** A recipe as YAML, with what is the default anyway left out. Throws `RECIPE_INVALID`'s cause where it is none. */
export function printRecipe(recipe: RecipeSource): string {
  const plain = JSON.parse(JSON.stringify(recipe)) as RecipeSource;
  const { sources, outputs, ...rest } = plain;
  // What the schema fills in by itself need not be said.
  const least = recipeSchema((path) => path).parse({ outputs, sources }) as Record<string, unknown>;
  const told = Object.entries(rest).filter(([key, value]) => JSON.stringify(least[key]) !== JSON.stringify(value));
  return stringify({ ...Object.fromEntries(told), sources, outputs }, { lineWidth: 110, flowCollectionPadding: true });
}

/** A source as a recipe writes it. */
export function recipeSourceOf(source: MaskSource): NonNullable<RecipeSource['sources']>[number] {
  const invert = source.invert === true ? { invert: true } : {};
  switch (source.kind) {
    case 'text':
      return { kind: 'text', prompt: source.prompt.text, threshold: source.threshold, ...invert };
    case 'file':
      return { kind: 'file', path: source.path, ...invert };
    case 'channel':
      return { kind: 'channel', channel: source.channel, normalize: source.normalize, ...invert };
    case 'key': {
      const { tolerance, softness } = source;
      const color = `#${source.color.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
      return { kind: 'key', color, tolerance, softness, ...invert };
    }
    case 'depth': {
      const { kind, path, near, far, channel, depthNear, recipe } = source;
      const ends = { near: near && describeDepthEnd(near), far: far && describeDepthEnd(far) };
      return { kind, path, ...ends, channel, depthNear, recipe, ...invert };
    }
  }
}
