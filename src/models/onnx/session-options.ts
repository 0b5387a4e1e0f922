import { computeThreads } from './compute-threads.js';

/** Only errors that end a run are worth a line of the native library. */
const SEVERITY_FATAL = 4;

/** The options of onnxruntime sessions. */
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
        // Threads that wait by spinning make a run faster, but take the cores from the next session and from all other
        // work: they stop when the run does.
        force_spinning_stop: '1',
        // Attention leaves weights below 1e-38, on which a processor computes ten times slower than on zero: a third
        // of the time of a phrase.
        set_denormal_as_zero: '1',
      },
    },
  };
}
