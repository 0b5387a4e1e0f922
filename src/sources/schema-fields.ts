import { isAbsolute } from 'node:path';
import { z } from 'zod';
import {
  FEATHER_FALLOFFS,
  FEATHER_SIDES,
  type MaskOperations,
  parseArea,
  parseLength,
  REFINE_MODES,
  STRUCTURING_ELEMENTS,
  THRESHOLD_METHODS,
} from '../engine/index.js';
import { MaskwrightError } from '../errors.js';
import type { Refine } from './detection/prompt-settings.js';

/** A value that may also come as text. */
type Loose<T> = z.ZodType<T, T | string>;

type Measure = z.ZodType<number | string, number | string>;

/** Fields whose value depends on the folder that the recipe is in. */
export interface PathFields {
  /** A path as written, resolved to one that can be opened. */
  readonly path: z.ZodType<string, string>;
  /** A model: a name, a hub id, or a folder that begins with a dot. */
  readonly model: z.ZodType<string, string>;
}

const ANY_SIZE = { width: 1, height: 1 };

/**
 * The fields that hold paths. `resolvePath` turns a path as written into one that can be opened, `resolveModel` a model
 * as written into one that can be loaded; it throws for one that may not be.
 */
export function pathFields(
  resolvePath: (path: string) => string,
  // A hub id has a slash too: only what begins with a dot is surely a folder, and it stays one when resolved.
  resolveModel = (name: string): string => (/^\.{1,2}[/\\]/.test(name) ? toFolder(resolvePath(name)) : name),
): PathFields {
  return { path: text().transform(resolvePath), model: text().transform(resolveModel) };
}

/** A resolved path that no model's name and no hub id looks like: `./sam2`, not `sam2`. */
function toFolder(path: string): string {
  return isAbsolute(path) || /^\.{1,2}([/\\]|$)/.test(path) ? path : `./${path}`;
}

/** A number; also as text, which is how variables come. */
export function number(minimum?: number, maximum?: number): Loose<number> {
  let schema = z.number();
  schema = minimum === undefined ? schema : schema.min(minimum);
  schema = maximum === undefined ? schema : schema.max(maximum);
  return z.preprocess(toNumber, schema) as Loose<number>;
}

/** A probability, or `auto`: chosen from the heatmap. */
export function threshold(): z.ZodType<number | 'auto', number | string> {
  const schema = z.union([z.number().min(0).max(1), z.literal('auto')]);
  return z.preprocess(toNumber, schema) as z.ZodType<number | 'auto', number | string>;
}

/** A mode of refining, or `off`; `true` is `fast`, `false` is `off`. */
export function refine(): z.ZodType<Refine, boolean | string> {
  const toMode = (value: unknown): unknown =>
    value === true || value === 'true' ? 'fast' : value === false || value === 'false' ? 'off' : value;
  return z.preprocess(toMode, z.enum([...REFINE_MODES, 'sam', 'off'])) as z.ZodType<Refine, boolean | string>;
}

/** A whole number; also as text. */
export function whole(minimum: number, maximum: number): Loose<number> {
  return z.preprocess(toNumber, z.number().int().min(minimum).max(maximum)) as Loose<number>;
}

/** Yes or no; also as text. */
export function flag(): Loose<boolean> {
  const toBoolean = (value: unknown): unknown => (value === 'true' ? true : value === 'false' ? false : value);
  return z.preprocess(toBoolean, z.boolean()) as Loose<boolean>;
}

/** Text that is not empty; a number is taken as its digits. */
export function text(): z.ZodType<string, string> {
  const toText = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);
  return z.preprocess(toText, z.string().min(1)) as z.ZodType<string, string>;
}

/** `12`, `12px` or `0.5%`. */
export function length(): Measure {
  return measure((value) => parseLength(value, ANY_SIZE), 'a length: 12, 12px, or 0.5% of the diagonal');
}

/** `400`, `400px` or `0.5%`. */
export function area(): Measure {
  return measure((value) => parseArea(value, ANY_SIZE), 'an area: 400, 400px, or 0.5% of all pixels');
}

/** A value that `check` accepts; what it throws is the issue. */
export function checked<T, Input>(schema: z.ZodType<T, Input>, check: (value: T) => unknown): z.ZodType<T, Input> {
  return schema.superRefine((value, context) => {
    try {
      check(value);
    } catch (error) {
      if (!(error instanceof MaskwrightError)) {
        throw error;
      }
      context.addIssue({ code: 'custom', message: error.message, params: { hint: error.hint, code: error.code } });
    }
  });
}

/** What is done to a mask. The order of the keys does not matter; the order of the operations is fixed. */
export function maskOperations(): ReturnType<typeof makeMaskOperations> {
  return (operations ??= makeMaskOperations());
}

/** Every source has it, and it takes longer to make than all else of the recipe's schema. */
let operations: ReturnType<typeof makeMaskOperations> | undefined;

function makeMaskOperations() {
  return z.strictObject({
    normalize: whole(0, 100)
      .optional()
      .describe('raise the contrast: 1 stretches to black and white, 2 and more steepen'),
    levels: z
      .strictObject({
        black: number(0, 255).optional(),
        white: number(0, 255).optional(),
        gray: number(0.01, 9.99).optional(),
        outBlack: number(0, 255).optional(),
        outWhite: number(0, 255).optional(),
      })
      .optional()
      .describe('black, white and gray points, and the range of the result'),
    threshold: z
      .union([
        z.number().min(1).max(255),
        z.enum(THRESHOLD_METHODS),
        z.strictObject({ low: number(1, 255), high: number(1, 255) }),
      ])
      .optional()
      .describe('make it binary: at a value from 1 to 255, by a method, or from low to high with hysteresis'),
    open: length().optional().describe('remove specks and lines thinner than twice this length'),
    close: length().optional().describe('close gaps narrower than twice this length'),
    fillHoles: z.union([z.boolean(), area()]).optional().describe('fill holes; or only those up to an area'),
    removeSmall: area().optional().describe('remove connected components smaller than this area'),
    keepLargest: whole(1, Number.MAX_SAFE_INTEGER).optional().describe('keep this many connected components'),
    grow: length().optional().describe('grow by a length; a negative length shrinks'),
    element: z.enum(STRUCTURING_ELEMENTS).optional().describe('structuring element of open, close and grow'),
    matte: z
      .union([z.boolean(), z.literal('auto'), length()])
      .optional()
      .describe("alpha from the image's colors in a band around the edge, for hair: auto, or how far the band reaches"),
    feather: length().optional().describe('fade the edge over this length'),
    featherSide: z.enum(FEATHER_SIDES).optional().describe('side of the edge that is faded'),
    featherFalloff: z.enum(FEATHER_FALLOFFS).optional().describe('curve of a feather on one side'),
    invert: flag().optional().describe('invert the mask'),
  }) satisfies z.ZodType<MaskOperations>;
}

function measure(check: (value: number | string) => unknown, describe: string): Measure {
  return checked(z.union([z.number(), z.string()]), check).describe(describe);
}

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

function toNumber(value: unknown): unknown {
  return typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : value;
}
