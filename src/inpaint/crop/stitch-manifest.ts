import { MaskwrightError } from '../../errors.js';
import type { Bounds, Size } from '../../raster/index.js';

/** What is written next to a cropped or fitted image, so that the painted result can be put back. */
export interface StitchManifest {
  readonly kind: 'maskwright-stitch';
  readonly version: 1;
  /** The image that the window was cut from. */
  readonly original: {
    readonly file: string;
    readonly width: number;
    readonly height: number;
    readonly sha256: string;
  };
  /** In pixels of the original; may reach outside it. */
  readonly window: Bounds;
  /** The size of the image that is painted. */
  readonly size: Size;
  /** Names relative to this file. `stitch` has the window's size: only where it is not 0 does the result change. */
  readonly files: { readonly image: string; readonly mask?: string | undefined; readonly stitch: string };
}

/** The manifest that a JSON text holds. Throws `MANIFEST_INVALID` with what is wrong and where. */
export function parseStitchManifest(text: string, name: string): StitchManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(name, `it is not JSON: ${(error as Error).message}`);
  }
  const manifest = value as Partial<Record<keyof StitchManifest, unknown>> | null;
  if (typeof manifest !== 'object' || manifest === null || manifest.kind !== 'maskwright-stitch') {
    throw invalid(name, 'it is not a stitch manifest of maskwright');
  }
  if (manifest.version !== 1) {
    throw invalid(name, `its version is ${JSON.stringify(manifest.version)}, known is 1`);
  }
  assertNumbers(name, 'original', manifest.original, ['width', 'height'], 1);
  assertStrings(name, 'original', manifest.original, ['file', 'sha256']);
  assertNumbers(name, 'window', manifest.window, ['x', 'y'], -Infinity);
  assertNumbers(name, 'window', manifest.window, ['width', 'height'], 1);
  assertNumbers(name, 'size', manifest.size, ['width', 'height'], 1);
  assertStrings(name, 'files', manifest.files, ['image', 'stitch']);
  return value as StitchManifest;
}

function assertNumbers(name: string, field: string, value: unknown, keys: readonly string[], minimum: number): void {
  for (const key of keys) {
    const number = (value as Record<string, unknown> | undefined)?.[key];
    if (!Number.isInteger(number) || (number as number) < minimum) {
      throw invalid(name, `${field}.${key} is ${JSON.stringify(number)}`);
    }
  }
}

function assertStrings(name: string, field: string, value: unknown, keys: readonly string[]): void {
  for (const key of keys) {
    const string = (value as Record<string, unknown> | undefined)?.[key];
    if (typeof string !== 'string' || string === '') {
      throw invalid(name, `${field}.${key} is ${JSON.stringify(string)}`);
    }
  }
}

function invalid(name: string, what: string): MaskwrightError {
  return new MaskwrightError('MANIFEST_INVALID', `${name} is no stitch manifest: ${what}`, {
    hint: 'give the .json that maskwright crop, or --for, wrote with the image',
  });
}
