import { z } from 'zod';
import { parseArea, parseLength } from '../engine/index.js';
import { MaskwrightError } from '../errors.js';

/** A value that may also come as text. */
type Loose<T> = z.ZodType<T, T | string>;

type Measure = z.ZodType<number | string, number | string>;

const ANY_SIZE = { width: 1, height: 1 };

/** A number; also as text, which is how variables come. */
export function number(minimum?: number, maximum?: number): Loose<number> {
  let schema = z.number();
  schema = minimum === undefined ? schema : schema.min(minimum);
  schema = maximum === undefined ? schema : schema.max(maximum);
  return z.preprocess(toNumber, schema) as Loose<number>;
}

/** A probability, or `auto`: chosen by the heatmap. */
export function threshold(): z.ZodType<number | 'auto', number | string> {
  const schema = z.union([z.number().min(0).max(1), z.literal('auto')]);
  return z.preprocess(toNumber, schema) as z.ZodType<number | 'auto', number | string>;
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
      context.addIssue({ code: 'custom', message: error.message, params: { hint: error.hint } });
    }
  });
}

function measure(check: (value: number | string) => unknown, describe: string): Measure {
  return checked(z.union([z.number(), z.string()]), check).describe(describe);
}

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

function toNumber(value: unknown): unknown {
  return typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : value;
}
