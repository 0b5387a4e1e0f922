import { z } from 'zod';
import { recipeSchema } from './schema.js';

/** A value that is a placeholder, which stands for any kind of value. */
const PLACEHOLDER = { type: 'string', pattern: '^\\{[A-Za-z_]\\w*\\}$' } as const;

/** The JSON Schema of recipes, for editors: fields that are not text may hold a placeholder instead. */
export function recipeJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(
    recipeSchema((path) => path),
    {
      io: 'input',
      override: ({ zodSchema, jsonSchema, path }) => {
        // zod leaves them out where a value is preprocessed.
        const stated = z.globalRegistry.get(zodSchema)?.['default'];
        if (stated !== undefined) {
          jsonSchema.default = stated;
        }
        const { type } = jsonSchema;
        const isConstant = 'const' in jsonSchema;
        const isBounded = type === 'number' || type === 'integer' || type === 'boolean' || 'enum' in jsonSchema;
        if (isBounded && !isConstant && !path.includes('variables')) {
          const { description, default: preset, ...rest } = jsonSchema;
          for (const key of Object.keys(jsonSchema)) {
            delete jsonSchema[key];
          }
          Object.assign(jsonSchema, {
            ...(description === undefined ? {} : { description }),
            ...(preset === undefined ? {} : { default: preset }),
            anyOf: [rest, PLACEHOLDER],
          });
        }
      },
    },
  );
  return { title: 'A recipe of maskwright', ...schema };
}

let keysOnce: readonly string[] | undefined;

/** Every key that a recipe can have somewhere. */
export function recipeKeys(): readonly string[] {
  return (keysOnce ??= collectKeys());
}

function collectKeys(): string[] {
  const keys = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      node.forEach(visit);
    } else if (typeof node === 'object' && node !== null) {
      const { properties } = node as { properties?: Record<string, unknown> };
      for (const key of Object.keys(properties ?? {})) {
        keys.add(key);
      }
      Object.values(node).forEach(visit);
    }
  };
  visit(recipeJsonSchema());
  return [...keys];
}
