import type { ErrorCode } from '../../errors.js';
import type { ModelChoice, ModelIdentity } from '../registry/model-choice.js';
import type { ModelTask } from '../registry/model-task.js';
import type { SharedFlags } from './stop-flag.js';

/** The data that a worker is started with. The files of the model are on this machine. */
export interface WorkerSetup {
  readonly choice: ModelChoice;
  readonly task: ModelTask;
  readonly flags: SharedFlags;
}

/** The first message of a worker, when its model is loaded; or a failure with id 0. */
export interface ReadyMessage {
  readonly kind: 'ready';
  readonly identity: ModelIdentity;
  /** The `info` of the loaded model. */
  readonly info: unknown;
}

export interface CallMessage {
  readonly kind: 'call';
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

/** Asks the worker to leave. */
export interface CloseMessage {
  readonly kind: 'close';
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

export type ClientMessage = CallMessage | CloseMessage;
export type WorkerMessage = ReadyMessage | ResultMessage | FailureMessage;

/** A loaded model inside a worker: a description of it, and its methods. */
export interface LoadedModel {
  readonly info: unknown;
  readonly methods: Readonly<Record<string, (argument: never) => Promise<unknown>>>;
}
