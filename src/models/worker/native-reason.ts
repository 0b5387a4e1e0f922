const REASON_LENGTH = 200;

/** Where in onnxruntime's source a condition did not hold: file, line, signature and condition. */
const SOURCE = /^\S+:\d+ .*? was false\. (?=\S)/;

/** The first line of a message of the native library, without the place in its source. */
export function nativeReason(message: string): string {
  return message.trim().split('\n', 1)[0]!.replace(SOURCE, '').slice(0, REASON_LENGTH);
}
