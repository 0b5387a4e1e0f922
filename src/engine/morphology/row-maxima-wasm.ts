/** row-maxima.wat, assembled by build-wasm.mjs: do not edit. */
export const ROW_MAXIMA_WASM = Uint8Array.from(
  atob(
    'AGFzbQEAAAABDgJgA39/fwBgBH9/f38AAwMCAAEFAwEAAQcaAwZtZW1vcnkCAAVyYWlzZQAABXdpZGVuAAEKiQECPAEBfyAAIAJq' +
      'IQMCQANAIAAgA08NASAAIAD9AAQAIAH9AAQA/Xn9CwQAIABBEGohACABQRBqIQEMAAsLC0oBAX8gACACaiEEAkADQCAAIARPDQEg' +
      'ACAB/QAEACABIANr/QAEACABIANq/QAEAP15/Xn9CwQAIABBEGohACABQRBqIQEMAAsLCw==',
  ),
  (character) => character.codePointAt(0)!,
);
