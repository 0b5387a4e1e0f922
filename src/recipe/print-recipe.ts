import { stringify } from 'yaml';
import { describeDepthEnd } from '../depth/select-depth.js';
import type { MaskSource } from '../sources/sources.js';
import { type RecipeSource, recipeSchema } from './schema.js';

type Output = RecipeSource['outputs'][number];

/** A recipe as YAML, with what is the default anyway left out. Throws where it is none. */
export function printRecipe(recipe: RecipeSource): string {
  const plain = JSON.parse(JSON.stringify(recipe)) as RecipeSource;
  const { sources, outputs, ...rest } = plain;
  // What the schema fills in by itself need not be said.
  const schema = recipeSchema((path) => path);
  const least = schema.parse({ outputs, sources }) as Record<string, unknown>;
  const told = Object.entries(rest).filter(([key, value]) => JSON.stringify(least[key]) !== JSON.stringify(value));
  const needed = sources?.length === 0 ? {} : { sources };
  const written = outputs.map((output) =>
    withoutDefaults(output, (value) => meaningOf(schema, { sources, outputs: [value] })),
  );
  return stringify(
    { ...Object.fromEntries(told), ...needed, outputs: written },
    { lineWidth: 110, flowCollectionPadding: true },
  );
}

/** What is left of an output when every field is out that it means the same without. Its name is always told. */
function withoutDefaults(output: Output, meaning: (output: unknown) => string | undefined): object {
  const whole = meaning(output);
  let least: Record<string, unknown> = { ...output };
  for (const key of Object.keys(output)) {
    const { [key]: _, ...without } = least;
    if (key !== 'name' && meaning(without) === whole) {
      least = without;
    }
  }
  return least;
}

function meaningOf(schema: ReturnType<typeof recipeSchema>, recipe: unknown): string | undefined {
  const { data } = schema.safeParse(recipe);
  return data === undefined ? undefined : JSON.stringify(data.outputs[0], sortedKeys);
}

function sortedKeys(_: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
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
