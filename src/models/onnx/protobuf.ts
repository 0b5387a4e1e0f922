/**
 * Protobuf messages as runs of raw fields: enough to take a message apart and put it together again
 * without knowing what most of it means.
 */

/** Bytes that can be read anywhere: a file, or memory. */
export interface ByteSource {
  readonly size: number;
  /** Throws `RangeError` where the range is not inside. */
  readonly read: (position: number, length: number) => Uint8Array;
}

export interface Field {
  readonly number: number;
  /** Where the field begins, its tag included, and where it ends. */
  readonly begin: number;
  readonly end: number;
  /** Where its content begins: for fields of bytes behind their length. */
  readonly content: number;
  /** The value of a varint field. */
  readonly value: number;
}

const WIRE_VARINT = 0;
const WIRE_EIGHT_BYTES = 1;
const WIRE_BYTES = 2;
const WIRE_FOUR_BYTES = 5;
/** The longest header: a tag and a length, ten bytes each at most. */
const HEADER_BYTES = 20;

export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (position, length) => {
      if (position < 0 || length < 0 || position + length > bytes.length) {
        throw new RangeError(`bytes ${position} to ${position + length} of ${bytes.length} were asked for`);
      }
      return bytes.subarray(position, position + length);
    },
  };
}

/** The fields of the message that fills `begin` to `end`. Throws `RangeError` where it does not fill it. */
export function* fieldsOf(source: ByteSource, begin: number, end: number): Generator<Field> {
  for (let position = begin; position < end;) {
    const header = source.read(position, Math.min(HEADER_BYTES, end - position));
    const [tag, tagBytes] = readVarint(header, 0);
    const wire = tag % 8;
    const hasValue = wire === WIRE_VARINT || wire === WIRE_BYTES;
    const [value, valueBytes] = hasValue ? readVarint(header, tagBytes) : [0, 0];
    const content = position + tagBytes + (wire === WIRE_BYTES ? valueBytes : 0);
    const field = {
      number: Math.floor(tag / 8),
      begin: position,
      content,
      end: content + lengthOf(wire, value, valueBytes),
      value,
    };
    if (field.number === 0 || !(field.end <= end)) {
      throw new RangeError(`the field at byte ${position} does not end inside`);
    }
    yield field;
    position = field.end;
  }
}

function lengthOf(wire: number, value: number, valueBytes: number): number {
  switch (wire) {
    case WIRE_VARINT:
      return valueBytes;
    case WIRE_EIGHT_BYTES:
      return 8;
    case WIRE_BYTES:
      return value;
    case WIRE_FOUR_BYTES:
      return 4;
    default:
      return Number.NaN;
  }
}

function readVarint(bytes: Uint8Array, begin: number): [value: number, bytes: number] {
  let value = 0;
  let scale = 1;
  for (let i = begin; i < bytes.length; i++) {
    value += (bytes[i]! & 127) * scale;
    if (bytes[i]! < 128) {
      return [value, i + 1 - begin];
    }
    scale *= 128;
  }
  return [Number.NaN, 0];
}

/** A field of bytes: its parts one after the other, uncopied. */
export function bytesField(number: number, parts: readonly Uint8Array[]): Uint8Array[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [Uint8Array.from([...varint(number * 8 + WIRE_BYTES), ...varint(length)]), ...parts];
}

export function textField(number: number, text: string): Uint8Array[] {
  return bytesField(number, [Buffer.from(text)]);
}

export function numberField(number: number, value: number): Uint8Array[] {
  return [Uint8Array.from([...varint(number * 8 + WIRE_VARINT), ...varint(value)])];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
