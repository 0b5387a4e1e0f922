import { stringify } from 'yaml';
import type { RecipeInput } from './schema.js';

/** A recipe as YAML. */
export function printRecipe(recipe: RecipeInput): string {
  return stringify(recipe, { lineWidth: 110, flowCollectionPadding: true, aliasDuplicateObjects: false });
}
