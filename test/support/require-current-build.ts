import { isBuildCurrent } from './build-stamp.mjs';

/** The command line and the worker threads run `dist`: a test of an older build proves nothing. */
export function setup(): void {
  if (!isBuildCurrent()) {
    throw new Error('dist is older than src: run `npm run build`, or `npm test`, which builds first');
  }
}
