import type { Raster } from '../../raster/index.js';

/** A decoded image and what its file says about it. */
export interface CheckedImage {
  /** The name in messages. */
  readonly name: string;
  readonly raster: Raster;
  /** As `DecodedImage` names it: `png`, `jpeg` ... */
  readonly format: string;
  /** The encoded file, of which only the length matters. */
  readonly bytes: Pick<Uint8Array, 'length'>;
  readonly icc: Uint8Array | undefined;
  readonly cmyk: boolean;
  readonly orientation: number;
  readonly frames: number;
}

/** Every code that a `Finding` can have. */
export const FINDING_CODES = [
  'color-lost',
  'sixteen-bit',
  'cmyk',
  'profile',
  'orientation',
  'frames',
  'format',
  'bytes',
  'size-limit',
  'size-multiple',
  'transparency',
  'no-transparency',
  'no-selection',
  'alpha-range',
  'swapped',
  'mask-unused',
  'mask-missing',
  'mask-size',
  'mask-format',
  'mask-bytes',
  'mask-alpha',
  'mask-soft',
  'mask-faint',
  'mask-empty',
  'mask-full',
  'mask-photograph',
  'mask-polarity',
] as const;

/** One result of `checkImages`. */
export interface Finding {
  /** Permanent: scripts match on it. */
  readonly code: (typeof FINDING_CODES)[number];
  /** `error`: the pair is not valid. `warning`: it works, but not as well. `note`: worth knowing. */
  readonly severity: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly hint?: string;
}
