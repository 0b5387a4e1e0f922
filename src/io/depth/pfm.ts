import { MaskwrightError } from '../../errors.js';
import { MAX_PIXELS } from '../image/sharp.js';

/** A gray PFM (`Pf`, portable float map), or a color one (`PF`) by its first channel, rows from the top. */
export interface PfmImage {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export function looksLikePfm(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && (bytes[1] === 0x66 || bytes[1] === 0x46) && isSpace(bytes[2]);
}

/** Throws `INPUT_DAMAGED` or `INPUT_TOO_LARGE`. */
export function readPfm(name: string, bytes: Uint8Array): PfmImage {
  const { words, end } = readWords(bytes);
  const [magic, width = Number.NaN, height = Number.NaN, scale = Number.NaN] = [
    words[0],
    ...words.slice(1).map(Number),
  ];
  const isSize = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!isSize || !Number.isFinite(scale) || scale === 0) {
    throw damaged(name, `its header says ${words.slice(1).join(' ') || 'nothing'}`);
  }
  if (width * height > MAX_PIXELS) {
    throw new MaskwrightError('INPUT_TOO_LARGE', `${name} is too large: ${width} x ${height} pixels`);
  }
  const channels = magic === 'PF' ? 3 : 1;
  const wanted = width * height * channels * 4;
  if (bytes.length - end < wanted) {
    throw damaged(name, `${width} x ${height} pixels need ${wanted} bytes, it has ${bytes.length - end}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + end);
  const littleEndian = scale < 0;
  const data = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    // Rows are stored from the bottom.
    let at = (height - 1 - y) * width * channels * 4;
    for (let x = 0; x < width; x++, i++, at += channels * 4) {
      data[i] = view.getFloat32(at, littleEndian);
    }
  }
  return { width, height, data };
}

/** The four words of the header, and where the one space behind them ends. */
function readWords(bytes: Uint8Array): { words: string[]; end: number } {
  const words: string[] = [];
  let at = 0;
  while (words.length < 4 && at < Math.min(bytes.length, 256)) {
    let word = '';
    while (at < bytes.length && !isSpace(bytes[at]) && word.length < 32) {
      word += String.fromCharCode(bytes[at++]!);
    }
    words.push(word);
    if (words.length < 4) {
      while (isSpace(bytes[at])) at++;
    } else {
      at++;
    }
  }
  return { words, end: Math.min(at, bytes.length) };
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function damaged(name: string, why: string): MaskwrightError {
  return new MaskwrightError('INPUT_DAMAGED', `${name} is a damaged PFM file: ${why}`);
}
