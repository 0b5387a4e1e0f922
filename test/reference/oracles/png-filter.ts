/** The filters of the PNG specification (third edition, 9.2), byte by byte. */
export function slowFilter(
  rows: Uint8Array,
  rowBytes: number,
  pixelBytes: number,
  type: number,
  y: number,
): Uint8Array {
  const at = (i: number, y: number): number => (i < 0 || y < 0 ? 0 : rows[y * rowBytes + i]!);
  return Uint8Array.from({ length: rowBytes }, (_, i) => {
    const a = at(i - pixelBytes, y);
    const b = at(i, y - 1);
    const c = i < pixelBytes ? 0 : at(i - pixelBytes, y - 1);
    return at(i, y) - [0, a, b, Math.floor((a + b) / 2), paeth(a, b, c)][type]!;
  });
}

/** The rows with their types, each by the filter whose bytes, taken as signed, have the smallest sum of absolute values. */
export function slowAdaptiveFilter(rows: Uint8Array, rowBytes: number, pixelBytes: number): Uint8Array {
  const out: number[] = [];
  for (let y = 0; y < rows.length / rowBytes; y++) {
    const candidates = [0, 1, 2, 3, 4].map((type) => slowFilter(rows, rowBytes, pixelBytes, type, y));
    const sums = candidates.map((bytes) => bytes.reduce((sum, byte) => sum + Math.min(byte, 256 - byte), 0));
    const best = sums.indexOf(Math.min(...sums));
    out.push(best, ...candidates[best]!);
  }
  return Uint8Array.from(out);
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}
