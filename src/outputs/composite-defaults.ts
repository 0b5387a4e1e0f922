import { COMPOSITE_DEFAULTS } from '../engine/index.js';

/** What compositing does where nothing else is said; apart from the job, so that a command's help loads no codecs. */
export const COMPOSITE_JOB_DEFAULTS = {
  combine: 'mean',
  textFrom: 'background',
  ...COMPOSITE_DEFAULTS,
} as const;
