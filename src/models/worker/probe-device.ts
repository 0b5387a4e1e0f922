import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { programFile } from '../../version.js';
import { nativeReason } from './native-reason.js';

const PROBE_FILE = fileURLToPath(programFile('probe-device-main'));
const TIMEOUT_MS = 60_000;

/** The reason why a session does not start on a device; undefined where it does. It is tried in a process of its own. */
export function probeDevice(device: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', windowsHide: true } as const;
    execFile(process.execPath, [PROBE_FILE, device], options, (error, stdout) => {
      const reason = nativeReason(stdout);
      const ending =
        error?.killed === true ? `no answer within ${TIMEOUT_MS / 1000} s` : 'the process ended unexpectedly';
      resolve(error === null ? undefined : reason === '' ? ending : reason);
    });
  });
}
