import { InferenceSession } from 'onnxruntime-node';
import { embeddedFolder } from '../registry/known-models.js';
import { sessionOptions } from '../onnx/session-options.js';

// A process for one question: whether a session starts on the device in its arguments. A driver that fails may end the
// process that asks it.
const [device = 'cpu'] = process.argv.slice(2);
try {
  const session = await InferenceSession.create(
    `${embeddedFolder('tiny-depth')}/onnx/model.onnx`,
    sessionOptions(device),
  );
  await session.release();
} catch (error) {
  process.stdout.write((error as Error).message);
  process.exitCode = 1;
}
