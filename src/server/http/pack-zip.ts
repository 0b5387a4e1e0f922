import { crc32 } from 'node:zlib';

/** A file of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
}

/** 1980-01-01: the first date of the format, so that the same files make the same archive. */
const DATE = (1 << 5) | 1;
const UTF8_NAMES = 0x0800;
const MAX_BYTES = 0xffff_ffff;

/**
 * A ZIP archive with its files stored as they are: images are compressed already. PKWARE's APPNOTE.TXT, 4.3; without
 * ZIP64, so below 4 GiB. Throws `RangeError` beyond.
 */
export function packZip(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, data } of entries) {
    const encoded = new TextEncoder().encode(name);
    const sum = crc32(data);
    const local = record(0x0403_4b50, [
      ...[20, UTF8_NAMES, 0, 0, DATE].map(two),
      ...[sum, data.length, data.length].map(four),
      ...[encoded.length, 0].map(two),
    ]);
    directory.push(
      record(0x0201_4b50, [
        ...[20, 20, UTF8_NAMES, 0, 0, DATE].map(two),
        ...[sum, data.length, data.length].map(four),
        ...[encoded.length, 0, 0, 0, 0].map(two),
        ...[0, offset].map(four),
      ]),
      encoded,
    );
    parts.push(local, encoded, data);
    offset += local.length + encoded.length + data.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  if (offset + size > MAX_BYTES || entries.length > 0xffff) {
    throw new RangeError('the results are too large for a ZIP archive');
  }
  const end = record(0x0605_4b50, [
    ...[0, 0, entries.length, entries.length].map(two),
    ...[size, offset].map(four),
    two(0),
  ]);
  return new Uint8Array(Buffer.concat([...parts, ...directory, end]));
}

type Field = readonly [value: number, bytes: 2 | 4];

const two = (value: number): Field => [value, 2];
const four = (value: number): Field => [value, 4];

function record(signature: number, fields: readonly Field[]): Uint8Array {
  const out = Buffer.alloc(4 + fields.reduce((sum, [, bytes]) => sum + bytes, 0));
  let at = out.writeUInt32LE(signature);
  for (const [value, bytes] of fields) {
    at = out.writeUIntLE(value, at, bytes);
  }
  return out;
}
