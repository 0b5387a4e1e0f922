import { computeThreads } from './threads.js';

/** Only what ends a run is worth a line of the native library. */
const SEVERITY_FATAL = 4;

/** How onnxruntime sessions are opened. */
export function sessionOptions(device: string): {
  readonly executionProviders: string[];
  readonly intraOpNumThreads: number;
  readonly logSeverityLevel: 4;
} {
  return { executionProviders: [device], intraOpNumThreads: computeThreads(), logSeverityLevel: SEVERITY_FATAL };
}
