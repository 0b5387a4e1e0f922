/** Categories of failure, each with the process exit code that scripts can rely on. */
export const EXIT_CODES = {
  usage: 2,
  input: 3,
  model: 4,
  output: 5,
  'nothing-selected': 6,
} as const;

/** What kind of thing went wrong. */
export type ErrorCategory = keyof typeof EXIT_CODES;

/** Exit code for anything that is not a `MaskwrightError`: a bug. */
export const BUG_EXIT_CODE = 70;

/** Exit code after Ctrl-C, by the shell convention 128 + SIGINT. */
export const INTERRUPTED_EXIT_CODE = 130;

/** Every error the toolkit raises on purpose, with its category. Codes are permanent: scripts match on them. */
export const ERROR_CODES = {
  USAGE: 'usage',
  THRESHOLD_RANGE: 'usage',
  OPTION_RANGE: 'usage',
  TEXT_EMPTY: 'usage',
  PROMPT_SYNTAX: 'usage',
  TARGET_UNKNOWN: 'usage',
  RECIPE_INVALID: 'usage',
  SIZE_MISMATCH: 'input',
  ORIGINAL_MISMATCH: 'input',
  MANIFEST_INVALID: 'input',
  INPUT_NOT_FOUND: 'input',
  INPUT_UNREADABLE: 'input',
  INPUT_IS_FOLDER: 'input',
  INPUT_EMPTY: 'input',
  INPUT_FORMAT: 'input',
  INPUT_TOO_LARGE: 'input',
  INPUT_DAMAGED: 'input',
  DEPTH_CHANNEL: 'input',
  DEPTH_EMPTY: 'input',
  INPUTS_FAILED: 'input',
  STORAGE_READ: 'input',
  QUEUE_UNAVAILABLE: 'input',
  INPUT_QUARANTINED: 'input',
  MODEL_NOT_FOUND: 'model',
  MODEL_OFFLINE: 'model',
  MODEL_ACCESS: 'model',
  MODEL_DOWNLOAD: 'model',
  MODEL_DAMAGED: 'model',
  MODEL_DTYPE: 'model',
  MODEL_DEVICE: 'model',
  MODEL_RUN: 'model',
  OUTPUT_IS_INPUT: 'output',
  OUTPUT_EXISTS: 'output',
  OUTPUT_COLLISION: 'output',
  OUTPUT_UNWRITABLE: 'output',
  OUTPUT_DISK_FULL: 'output',
  OUTPUT_FORMAT: 'output',
  OUTPUT_CHECK: 'output',
  STORAGE_WRITE: 'output',
  TARGET_LIMIT: 'input',
  NOTHING_SELECTED: 'nothing-selected',
} as const satisfies Record<string, ErrorCategory>;

/** The code of a `MaskwrightError`: permanent, so that scripts can match on it. */
export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * The one error type raised on purpose: `message` says what was wrong and with which value,
 * `hint` says what to do about it.
 */
export class MaskwrightError extends Error {
  override readonly name = 'MaskwrightError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  get category(): ErrorCategory {
    return ERROR_CODES[this.code];
  }

  get exitCode(): number {
    return EXIT_CODES[this.category];
  }
}

/**
 * The error for an option whose value is not accepted: "the radius is -1, but must be a number from 0 to 32767".
 *
 * @param name the option as the user knows it, with its article where it is a phrase
 * @param expected what is accepted, as the end of "must be ..."
 * @param hint what else the user can do about it
 */
export function invalidOption(name: string, expected: string, value: unknown, hint?: string): MaskwrightError {
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return new MaskwrightError('OPTION_RANGE', `${name} is ${text}, but must be ${expected}`, { hint });
}

/** Throws `OPTION_RANGE` unless `value` is a finite number in [`min`, `max`]. */
export function assertInRange(name: string, value: number, min: number, max: number): number {
  if (!Number.isFinite(value) || value < min || value > max) {
    throw invalidOption(name, `a number from ${min} to ${max}`, value);
  }
  return value;
}

/** Throws `OPTION_RANGE` unless `value` is a whole number of at least `min`. */
export function assertWholeNumber(name: string, value: number, min: number): number {
  if (!Number.isInteger(value) || value < min) {
    throw invalidOption(name, `a whole number, ${min} or more`, value);
  }
  return value;
}
