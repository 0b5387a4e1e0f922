import { checkImages, type CheckResult } from '../inpaint/check/check-images.js';
import type { CheckedImage } from '../inpaint/check/finding.js';
import type { Target } from '../inpaint/targets/target.js';
import { decodeWithoutBytes } from '../io/image/decode-image.js';
import { freeMemory } from '../io/image/free-memory.js';

export interface CheckJobOptions {
  readonly mask?: string | undefined;
  readonly target?: Target | undefined;
  /** The untouched image, to compare color under transparency with. */
  readonly from?: string | undefined;
}

export interface CheckReport extends CheckResult {
  readonly input: string;
  readonly mask: string | undefined;
  readonly target: string | undefined;
}

/** Reads an image and its mask, and says whether they are valid for inpainting. Writes nothing. */
export async function checkJob(input: string, options: CheckJobOptions): Promise<CheckReport> {
  const image = await decodeChecked(input);
  const mask = options.mask === undefined ? undefined : await decodeChecked(options.mask);
  const original = options.from === undefined ? undefined : await decodeChecked(options.from);
  freeMemory('all');
  return {
    input,
    mask: options.mask,
    target: options.target?.name,
    ...checkImages(image, mask, options.target, original),
  };
}

/** An image without its encoded bytes: they are not needed any more. */
async function decodeChecked(path: string): Promise<CheckedImage> {
  const { byteLength, ...image } = await decodeWithoutBytes(path);
  return { ...image, bytes: { length: byteLength } };
}
