import { parentPort, workerData } from 'node:worker_threads';
import { MaskwrightError } from '../../errors.js';
import { familyOf } from '../registry/model-families.js';
import { resolveModel } from '../registry/resolve-model.js';
import { nativeCall, obeyFlags, WorkerStopped } from './stop-flag.js';
import type {
  CallMessage,
  ClientMessage,
  FailureMessage,
  LoadedModel,
  WorkerMessage,
  WorkerSetup,
} from './worker-protocol.js';

const port = parentPort!;
const { choice, task, flags } = workerData as WorkerSetup;
obeyFlags(flags);

let loaded: LoadedModel | undefined;
let working: Promise<void> = Promise.resolve();

// Listening keeps the thread alive; without its port and with nothing left to do it ends by itself. That frees the
// model too: to release it here would be one more native call that the end of the process might cut short.
port.on('message', (message: ClientMessage) => {
  working = working.then(() => (message.kind === 'close' ? port.close() : answer(message)));
});
working = load();

async function load(): Promise<void> {
  try {
    const model = await resolveModel({ ...choice, offline: true }, task);
    // Importing a family loads the native library.
    const open = await nativeCall(() => familyOf(model.family).open());
    loaded = await open(model);
    send({ kind: 'ready', info: loaded.info, identity: model.identity });
  } catch (error) {
    send(failure(0, error));
  }
}

async function answer({ id, method, argument }: CallMessage): Promise<void> {
  try {
    send({ kind: 'result', id, value: await loaded!.methods[method]!(argument as never) });
  } catch (error) {
    send(failure(id, error));
  }
}

function send(message: WorkerMessage): void {
  port.postMessage(message);
}

function failure(id: number, error: unknown): FailureMessage {
  const known = error instanceof MaskwrightError ? error : undefined;
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const code = known?.code ?? (error instanceof WorkerStopped ? 'MODEL_RUN' : undefined);
  return { kind: 'failure', id, message, code, hint: known?.hint, stack };
}
