const controller = new AbortController();

/**
 * Ctrl-C: the first asks the running job to stop and clean up, the second ends the process at once
 * (temporary files still go away).
 */
export const interruption: { readonly signal: AbortSignal; readonly requested: boolean } = {
  signal: controller.signal,
  get requested(): boolean {
    return controller.signal.aborted;
  },
};

let listening = false;

/** Starts listening, once. Until a command does, Ctrl-C ends the process as usual. `onStop` ends what would go on waiting. */
export function listenForInterruption(exitCode: number, onStop: () => void): void {
  if (listening) {
    return;
  }
  listening = true;
  const stop = (): void => {
    if (controller.signal.aborted) {
      process.exit(exitCode);
    }
    controller.abort();
    onStop();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
