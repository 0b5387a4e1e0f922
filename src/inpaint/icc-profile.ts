/** The name of an ICC profile, as its description tag says; `unnamed` where there is none. */
export function describeProfile(icc: Uint8Array): string {
  const tag = findTag(icc, 'desc');
  if (tag === undefined) {
    return 'unnamed';
  }
  const view = new DataView(tag.buffer, tag.byteOffset, tag.length);
  const type = ascii(tag.subarray(0, 4));
  if (type === 'desc' && tag.length >= 12) {
    // textDescriptionType of version 2: length with its final 0, then ASCII.
    return printable(ascii(tag.subarray(12, 12 + view.getUint32(8)))) || 'unnamed';
  }
  if (type === 'mluc' && tag.length >= 28) {
    // multiLocalizedUnicodeType of version 4: the first record, in UTF-16 with the high byte first.
    const length = view.getUint32(20);
    const offset = view.getUint32(24);
    let text = '';
    for (let i = offset; i + 1 < Math.min(offset + length, tag.length); i += 2) {
      text += String.fromCharCode(view.getUint16(i));
    }
    return printable(text) || 'unnamed';
  }
  return 'unnamed';
}

/** Whether a profile says that it is sRGB. */
export function isSrgb(icc: Uint8Array): boolean {
  return contains(icc, [0x73, 0x52, 0x47, 0x42], 1) || contains(icc, [0x73, 0x52, 0x47, 0x42], 2);
}

/**
 * Whether two images mean the same colors by the same samples: equal profiles, both sRGB (no profile counts as
 * sRGB), or equal primaries and tone curves.
 */
export function haveSameProfile(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) {
    return (a === undefined || isSrgb(a)) && (b === undefined || isSrgb(b));
  }
  if (equalBytes(a, b) || (isSrgb(a) && isSrgb(b))) {
    return true;
  }
  return COLORIMETRY.every((name) => {
    const [left, right] = [findTag(a, name), findTag(b, name)];
    return left !== undefined && right !== undefined && equalBytes(left, right);
  });
}

/** The tags that make a matrix profile: primaries and tone curves. */
const COLORIMETRY = ['rXYZ', 'gXYZ', 'bXYZ', 'rTRC', 'gTRC', 'bTRC'];

/** A tag's data, by the table at byte 128: count, then name, offset and size of each. */
function findTag(icc: Uint8Array, name: string): Uint8Array | undefined {
  if (icc.length < 132) {
    return undefined;
  }
  const view = new DataView(icc.buffer, icc.byteOffset, icc.length);
  const count = Math.min(view.getUint32(128), Math.floor((icc.length - 132) / 12));
  for (let i = 0; i < count; i++) {
    const at = 132 + 12 * i;
    if (ascii(icc.subarray(at, at + 4)) === name) {
      const offset = view.getUint32(at + 4);
      return icc.subarray(offset, offset + view.getUint32(at + 8));
    }
  }
  return undefined;
}

function contains(icc: Uint8Array, letters: readonly number[], step: number): boolean {
  for (let i = 0; i < icc.length; i++) {
    if (letters.every((letter, k) => icc[i + step * k] === letter)) return true;
  }
  return false;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 256));
}

/** Without control characters: the text comes from a file and is printed. */
function printable(text: string): string {
  return [...text]
    .filter((letter) => letter >= ' ' && letter !== '\u007f')
    .join('')
    .trim();
}
