import { computeThreads } from './threads.js';

/** Only what ends a run is worth a line of the native library. */
const SEVERITY_FATAL = 4;

/** How onnxruntime sessions are opened. */
export function sessionOptions(device: string): {
  readonly executionProviders: string[];
  readonly intraOpNumThreads: number;
  readonly logSeverityLevel: 4;
  readonly extra: { readonly session: Readonly<Record<string, unknown>> };
} {
  return {
    executionProviders: [device],
    intraOpNumThreads: computeThreads(),
    logSeverityLevel: SEVERITY_FATAL,
    extra: {
      session: {
        // Threads that wait by spinning make a run faster, but took the cores from the network's next part and from
        // everything after it: they stop when the run does.
        force_spinning_stop: '1',
        // Attention leaves weights below 1e-38, on which a processor computes ten times slower than on zero: a third
        // of what a phrase costs.
        set_denormal_as_zero: '1',
      },
    },
  };
}
