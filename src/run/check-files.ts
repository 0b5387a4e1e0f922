import { checkImages, type CheckResult } from '../inpaint/check/check-images.js';
import type { Target } from '../inpaint/targets/target.js';
import { decodeImage } from '../io/image/decode-image.js';

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
  const image = await decodeImage(input);
  const mask = options.mask === undefined ? undefined : await decodeImage(options.mask);
  const original = options.from === undefined ? undefined : await decodeImage(options.from);
  return {
    input,
    mask: options.mask,
    target: options.target?.name,
    ...checkImages(image, mask, options.target, original),
  };
}
