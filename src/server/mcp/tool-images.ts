import { realpathSync, statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { readInput } from '../../io/files/read-input.js';
import { type DecodedImage, decodeImage } from '../../io/image/decode-image.js';

/** Images as an assistant names them: files of one folder, or base64. */
export interface ToolImages {
  /** Throws `INPUT_*`, and `USAGE` for a path outside of the folder. */
  readonly open: (image: string) => Promise<DecodedImage>;
  /** The encoded image. */
  readonly bytes: (image: string) => Promise<Uint8Array>;
  /** The path of an image; none for bytes. */
  readonly paths: (image: string) => readonly string[];
  /** A path inside the folder, for a file that need not exist. Throws `USAGE`. */
  readonly resolve: (path: string) => string;
}

/** Longer than any path of a system, and shorter than any image in base64 that is one. */
const MAX_PATH = 4096;
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/** Throws `INPUT_NOT_FOUND` where the folder is none. */
export function openImages(folder: string): ToolImages {
  const root = safely(() => realpathSync(folder));
  if (root === undefined || !statSync(root).isDirectory()) {
    throw new MaskwrightError('INPUT_NOT_FOUND', `there is no folder ${JSON.stringify(folder)}`, {
      hint: 'name the folder of the images with --root',
    });
  }
  const outside = (path: string): MaskwrightError =>
    new MaskwrightError('USAGE', `${JSON.stringify(basename(path))} is not inside the root folder`, {
      hint: 'start the server with --root where the files are',
    });
  const isInside = (path: string): boolean => {
    const inside = relative(root, path);
    return inside !== '' && !inside.startsWith('..') && !isAbsolute(inside);
  };
  const inFolder = (path: string): string => {
    const absolute = resolve(root, path);
    if (!isInside(absolute) || path.includes('\0')) {
      throw outside(path);
    }
    // A link may lead elsewhere; the folder of a new file has to exist for that.
    const parent = safely(() => realpathSync(dirname(absolute)));
    if (parent !== undefined && parent !== root && !isInside(parent)) {
      throw outside(path);
    }
    return absolute;
  };
  const readable = async (path: string): Promise<string> => {
    const absolute = inFolder(path);
    const real = await realpath(absolute).catch(() => absolute);
    if (!isInside(real)) {
      throw outside(path);
    }
    return absolute;
  };
  return {
    resolve: inFolder,
    paths: (image) => (bytesOf(image) === undefined ? [inFolder(image)] : []),
    open: async (image) => {
      const bytes = bytesOf(image);
      return bytes === undefined
        ? decodeImage(await readable(image), basename(image))
        : decodeImage(bytes, 'the image');
    },
    bytes: async (image) => bytesOf(image) ?? readInput(await readable(image)),
  };
}

/** The bytes of an image in base64; undefined where it is a path. */
function bytesOf(image: string): Uint8Array | undefined {
  const data = /^data:image\/[\w.+-]+;base64,/.exec(image);
  if (data !== null) {
    return Buffer.from(image.slice(data[0].length), 'base64');
  }
  return image.length > MAX_PATH || (image.length > 100 && BASE64.test(image))
    ? Buffer.from(image, 'base64')
    : undefined;
}

function safely<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
