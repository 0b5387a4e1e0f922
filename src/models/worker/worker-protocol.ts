import type { ErrorCode } from '../../errors.js';
import type { LocalModel, ModelTask } from '../registry/local-model.js';

/** What a worker is started with. */
export interface WorkerSetup {
  readonly task: ModelTask;
  readonly model: LocalModel;
}

/** The first message of a worker, when its network is loaded; or a failure with id 0. */
export interface ReadyMessage {
  readonly kind: 'ready';
  /** What the task tells about the network. */
  readonly info: unknown;
}

export interface CallMessage {
  readonly kind: 'call';
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

export interface ResultMessage {
  readonly kind: 'result';
  readonly id: number;
  readonly value: unknown;
}

export interface FailureMessage {
  readonly kind: 'failure';
  readonly id: number;
  readonly message: string;
  /** Undefined for bugs, which keep their stack instead. */
  readonly code: ErrorCode | undefined;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

export type WorkerMessage = ReadyMessage | ResultMessage | FailureMessage;

/** A loaded network inside a worker: what it tells about itself, and what can be asked of it. */
export interface Task {
  readonly info: unknown;
  readonly methods: Readonly<Record<string, (argument: never) => Promise<unknown>>>;
}
