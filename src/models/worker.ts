import { parentPort, workerData } from 'node:worker_threads';
import { MaskwrightError } from '../errors.js';
import type { LocalModel, ModelTask } from './registry/local-model.js';
import type { CallMessage, FailureMessage, Task, WorkerMessage, WorkerSetup } from './worker/worker-protocol.js';

const TASKS: Readonly<Record<ModelTask, () => Promise<(model: LocalModel) => Promise<Task>>>> = {
  'text-segmentation': async () => (await import('./clipseg/clipseg-task.js')).openClipSeg,
  'depth-estimation': async () => (await import('./depth-anything/depth-task.js')).openDepth,
};

const port = parentPort!;
const { task: name, model } = workerData as WorkerSetup;

try {
  const open = await TASKS[name]();
  const task = await open(model);
  port.on('message', (call: CallMessage) => {
    void answer(task, call);
  });
  send({ kind: 'ready', info: task.info });
} catch (error) {
  send(failure(0, error));
}

async function answer(task: Task, { id, method, argument }: CallMessage): Promise<void> {
  try {
    const value = await task.methods[method]!(argument as never);
    send({ kind: 'result', id, value });
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
  return { kind: 'failure', id, message, code: known?.code, hint: known?.hint, stack };
}
