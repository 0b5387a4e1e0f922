import { MaskwrightError, assertInRange } from '../../errors.js';

/** A yargs `coerce` for a number in a range: anything else is an error that names the option and the value. */
export function numberInRange(
  option: string,
  minimum: number,
  maximum: number,
): (value: unknown) => number | undefined {
  return (value) => {
    if (value === undefined) {
      return undefined;
    }
    return assertInRange(option, parseNumber(option, value), minimum, maximum);
  };
}

/** As `numberInRange`, for whole numbers. */
export function integerInRange(
  option: string,
  minimum: number,
  maximum: number,
): (value: unknown) => number | undefined {
  const number = numberInRange(option, minimum, maximum);
  return (value) => {
    const parsed = number(value);
    if (parsed !== undefined && !Number.isInteger(parsed)) {
      throw new MaskwrightError('OPTION_RANGE', `${option} is ${parsed}, but must be a whole number`);
    }
    return parsed;
  };
}

/** The text of an option. Throws `OPTION_RANGE` where it was given twice. */
export function assertOnce(option: string, value: string | readonly string[]): string {
  if (typeof value !== 'string') {
    throw new MaskwrightError('OPTION_RANGE', `${option} was given ${value.length} times`, { hint: 'give it once' });
  }
  return value;
}

/** The number that `value` spells. Throws `OPTION_RANGE` where it spells none, or where it was given twice. */
export function parseNumber(option: string, value: unknown): number {
  if (Array.isArray(value)) {
    throw new MaskwrightError('OPTION_RANGE', `${option} was given ${value.length} times`, { hint: 'give it once' });
  }
  const text = String(value).trim();
  const parsed = Number(text);
  if (text === '' || Number.isNaN(parsed)) {
    throw new MaskwrightError('OPTION_RANGE', `${option} is ${JSON.stringify(value)}, which is not a number`);
  }
  return parsed;
}
