import { env, InferenceSession, type Tensor } from 'onnxruntime-node';
import { nativeCall } from '../worker/stop-flag.js';
import { runFailure } from './runtime-errors.js';

env.logLevel = 'fatal';

export type Values = Readonly<Record<string, Tensor>>;

/** Opens a session of onnxruntime. Throws what onnxruntime does, or `WorkerStopped`. */
export function openSession(
  graph: string | Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  return nativeCall(() =>
    typeof graph === 'string' ? InferenceSession.create(graph, options) : InferenceSession.create(graph, options),
  );
}

/** Runs a session on those of `values` that are its inputs. Throws `MODEL_RUN`. */
export async function runSession(session: InferenceSession, values: Values, id: string): Promise<Values> {
  const feeds = Object.fromEntries(
    session.inputNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
  try {
    return await nativeCall(() => session.run(feeds));
  } catch (error) {
    throw runFailure(id, error);
  }
}

/** The declared type and shape of an input: numbers, and names of dimensions that are free. */
export interface DeclaredInput {
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

export function declaredInputs(session: Pick<InferenceSession, 'inputMetadata'>): ReadonlyMap<string, DeclaredInput> {
  return new Map(
    session.inputMetadata.flatMap((value) =>
      value.isTensor ? [[value.name, { type: value.type, shape: value.shape }] as const] : [],
    ),
  );
}
