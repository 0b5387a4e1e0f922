import { MaskwrightError } from '../../errors.js';
import { looksLikeTiff } from './tiff/tiff-directory.js';

/** Formats read, by the name sharp gives them. */
export const INPUT_FORMATS = ['png', 'jpeg', 'webp', 'tiff', 'avif', 'gif'] as const;

/** A format that is read, by its name in sharp. */
export type InputFormat = (typeof INPUT_FORMATS)[number];

const READ = 'PNG, JPEG, WebP, TIFF, AVIF or GIF';

/** How files of a format begin, and what they are called. */
interface Signature {
  readonly name: string;
  readonly matches: (head: string) => boolean;
  /** What to do with a format that is not read. */
  readonly remedy?: string;
}

const startsWith =
  (...prefixes: readonly string[]) =>
  (head: string): boolean =>
    prefixes.some((prefix) => head.startsWith(prefix));

/** ISO base media files: `ftyp`, then the major and the compatible brands. */
const hasBrand =
  (...brands: readonly string[]) =>
  (head: string): boolean =>
    head.slice(4, 8) === 'ftyp' && brands.some((brand) => head.slice(8).includes(brand));

const READ_SIGNATURES: readonly Signature[] = [
  { name: 'PNG', matches: startsWith('\x89PNG') },
  { name: 'JPEG', matches: startsWith('\xff\xd8\xff') },
  { name: 'WebP', matches: (head) => head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP' },
  { name: 'GIF', matches: startsWith('GIF8') },
  { name: 'AVIF', matches: hasBrand('avif', 'avis') },
];

/** What people have files of, by the names that they know. AVIF comes before HEIC: they share a container. */
const UNREAD_SIGNATURES: readonly Signature[] = [
  {
    name: 'HEIC',
    matches: hasBrand('heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs', 'mif1', 'msf1'),
    remedy: 'convert it to JPEG or PNG: sips -s format png (macOS), heif-convert or magick (elsewhere)',
  },
  { name: 'a Canon raw file', matches: (head) => hasBrand('crx ')(head) || head.slice(8, 10) === 'CR' },
  { name: 'JPEG XL', matches: startsWith('\xff\x0a', '\0\0\0\x0cJXL ') },
  { name: 'JPEG 2000', matches: startsWith('\0\0\0\x0cjP  ', '\xff\x4f\xff\x51') },
  { name: 'a Photoshop document', matches: startsWith('8BPS'), remedy: 'export it as PNG or TIFF' },
  { name: 'OpenEXR', matches: startsWith('\x76\x2f\x31\x01'), remedy: 'EXR files are read as depth maps only' },
  { name: 'PFM', matches: (head) => /^P[fF]\s/.test(head), remedy: 'PFM files are read as depth maps only' },
  { name: 'a Netpbm file', matches: (head) => /^P[1-7]\s/.test(head) },
  { name: 'Radiance HDR', matches: startsWith('#?RADIANCE', '#?RGBE') },
  { name: 'BMP', matches: (head) => head.startsWith('BM') && head.slice(6, 10) === '\0\0\0\0' },
  { name: 'ICO', matches: startsWith('\0\0\x01\0') },
  { name: 'PDF', matches: startsWith('%PDF') },
  { name: 'PostScript', matches: startsWith('%!PS') },
  { name: 'a video', matches: (head) => head.slice(4, 8) === 'ftyp' || head.startsWith('\x1a\x45\xdf\xa3') },
  { name: 'SVG', matches: (head) => /<svg[\s>]/i.test(head) || /^\s*<\?xml/.test(head) },
  {
    name: 'HTML',
    matches: (head) => /^\s*<(?:!doctype html|html)/i.test(head),
    remedy: 'it is no image: download it again',
  },
  { name: 'a Git LFS pointer', matches: startsWith('version https://git-lfs'), remedy: 'fetch the file: git lfs pull' },
];

/** The format that a file begins as, of those read; undefined where it is none of them. */
export function signatureOf(bytes: Uint8Array): string | undefined {
  return looksLikeTiff(bytes) && !isUnreadTiff(bytes) ? 'TIFF' : nameIn(READ_SIGNATURES, headOf(bytes))?.name;
}

/** Throws `INPUT_FORMAT`, by its name, for a file in a format that is not read. */
export function assertReadFormat(name: string, bytes: Uint8Array): void {
  if (signatureOf(bytes) === undefined) {
    throw unreadFormat(name, bytes);
  }
}

/** `INPUT_FORMAT` for a file, with the name of its format where it is known. `format` is what its decoder calls it. */
export function unreadFormat(name: string, bytes: Uint8Array, format?: string): MaskwrightError {
  const found = nameIn(UNREAD_SIGNATURES, headOf(bytes));
  const what = found?.name ?? format?.toUpperCase();
  return new MaskwrightError(
    'INPUT_FORMAT',
    what === undefined ? `${name} is not an image in a known format` : `${name} is ${what}, which is not read`,
    { hint: found?.remedy ?? `convert it to ${READ}` },
  );
}

/** `INPUT_DAMAGED` for a file that a decoder gave up on: the first line of what it says. */
export function damagedImage(name: string, message: string, cause?: unknown): MaskwrightError {
  const line = message.split('\n').find((text) => text.trim() !== '') ?? message;
  return new MaskwrightError('INPUT_DAMAGED', `${name} is damaged or cut off: ${line.trim()}`, {
    hint: 'open and save it again in an image editor, or copy it again from its source',
    cause,
  });
}

/** DEFLATE stores at most 258 bytes in two bits (RFC 1951). */
const LARGEST_EXPANSION = 1032;
/** Samples of a pixel by the color type of a PNG's header. */
const PNG_SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * A small file that states a large size is refused before memory is taken for its pixels. Throws `INPUT_DAMAGED` for a
 * PNG that has fewer bytes than the pixels of its header compress to at best; other files pass.
 */
export function assertHoldsPixels(name: string, bytes: Uint8Array): void {
  const HEADER_END = 26;
  if (bytes.length < HEADER_END || signatureOf(bytes) !== 'PNG') {
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const bits = view.getUint8(24) * (PNG_SAMPLES[view.getUint8(25)] ?? 1);
  if (height * Math.ceil((width * bits) / 8) > LARGEST_EXPANSION * bytes.length) {
    throw damagedImage(name, `its header says ${width} x ${height} pixels, which ${bytes.length} bytes cannot hold`);
  }
}

function nameIn(signatures: readonly Signature[], head: string): Signature | undefined {
  return signatures.find(({ matches }) => matches(head));
}

function isUnreadTiff(bytes: Uint8Array): boolean {
  return headOf(bytes).slice(8, 10) === 'CR';
}

function headOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512)).toString('latin1');
}
