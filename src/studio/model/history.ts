/** States that one can go back and forth between. */
export interface History<State> {
  readonly past: readonly State[];
  readonly present: State;
  readonly future: readonly State[];
  /** Edits with the same key that follow one another are one step: the moves of a slider. */
  readonly key: string | undefined;
}

const MAX_STEPS = 200;

export function startHistory<State>(present: State): History<State> {
  return { past: [], present, future: [], key: undefined };
}

/** Makes `next` the present. With the key of the edit before it, it takes that edit's place. */
export function pushState<State>(history: History<State>, next: State, key?: string): History<State> {
  const { past, present } = history;
  const isSameStep = key !== undefined && key === history.key;
  return { past: isSameStep ? past : [...past, present].slice(-MAX_STEPS), present: next, future: [], key };
}

/** Ends a step: the next edit is one of its own, whatever its key. */
export function endStep<State>(history: History<State>): History<State> {
  return history.key === undefined ? history : { ...history, key: undefined };
}

export function undo<State>({ past, present, future }: History<State>): History<State> {
  return past.length === 0
    ? { past, present, future, key: undefined }
    : { past: past.slice(0, -1), present: past.at(-1)!, future: [present, ...future], key: undefined };
}

export function redo<State>({ past, present, future }: History<State>): History<State> {
  const [next, ...rest] = future;
  return next === undefined
    ? { past, present, future, key: undefined }
    : { past: [...past, present], present: next, future: rest, key: undefined };
}
