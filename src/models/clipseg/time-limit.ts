import { createContext, Script } from 'node:vm';

/** Thrown by `withTimeLimit`. */
export class TimeLimitPassed extends Error {
  override readonly name = 'TimeLimitPassed';
}

const call = new Script('work()');
const context = createContext({});

/**
 * Does synchronous work that a model's file controls, such as a regular expression, and stops it after a number of
 * milliseconds. Throws `TimeLimitPassed`, or what the work throws.
 */
export function withTimeLimit<Result>(work: () => Result, milliseconds: number): Result {
  try {
    Object.assign(context, { work });
    return call.runInContext(context, { timeout: milliseconds }) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new TimeLimitPassed(`it takes longer than ${milliseconds / 1000} s`);
    }
    throw error;
  }
}
