/**
 * The wire format of protobuf, without a schema: a message is a sequence of raw fields. This is enough to split an ONNX
 * file and to write parts of it as files, whatever its fields mean.
 */

/** Bytes with random access: a file, or memory. */
export interface ByteSource {
  readonly size: number;
  /** Throws `RangeError` where the range is not inside. */
  readonly read: (position: number, length: number) => Uint8Array;
}

export interface Field {
  readonly number: number;
  /** True for fields with a length: text, bytes, messages. */
  readonly hasLength: boolean;
  /** Offsets of the whole field, tag included. */
  readonly begin: number;
  readonly end: number;
  /** Offset of the content: behind the length where there is one. */
  readonly content: number;
  /** The value of a varint field. */
  readonly value: number;
}

const WIRE_VARINT = 0;
const WIRE_EIGHT_BYTES = 1;
const WIRE_BYTES = 2;
const WIRE_FOUR_BYTES = 5;
/** A varint holds 64 bits, 7 in a byte. */
const VARINT_BYTES = 10;
/** A tag holds 32 bits. */
const TAG_BYTES = 5;
const LARGEST_TAG = 2 ** 32 - 1;

export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (position, length) => {
      if (position < 0 || length < 0 || position + length > bytes.length) {
        throw outside(position, length, bytes.length);
      }
      return bytes.subarray(position, position + length);
    },
  };
}

export function outside(position: number, length: number, size: number): RangeError {
  return new RangeError(`bytes ${position} to ${position + length} are outside the ${size} bytes`);
}

/**
 * The fields of the message from `begin` to `end`.
 *
 * Throws `RangeError` where the fields do not fill it exactly, and for a tag that is longer than it needs to be or than
 * 32 bits: programs disagree on the field that such a tag means, so that a check here would not hold elsewhere.
 */
export function* fieldsOf(source: ByteSource, begin: number, end: number): Generator<Field> {
  for (let position = begin; position < end;) {
    const header = source.read(position, Math.min(TAG_BYTES + VARINT_BYTES, end - position));
    const [tag, tagBytes] = readVarint(header, 0);
    if (!(tag <= LARGEST_TAG) || (tagBytes > 1 && header[tagBytes - 1] === 0)) {
      throw new RangeError(`the tag at byte ${position} is no valid tag`);
    }
    const wire = tag % 8;
    const hasValue = wire === WIRE_VARINT || wire === WIRE_BYTES;
    const [value, valueBytes] = hasValue ? readVarint(header, tagBytes) : [0, 0];
    const content = position + tagBytes + (wire === WIRE_BYTES ? valueBytes : 0);
    const field = {
      number: Math.floor(tag / 8),
      hasLength: wire === WIRE_BYTES,
      begin: position,
      content,
      end: content + contentBytes(wire, value, valueBytes),
      value,
    };
    if (field.number === 0 || !(field.end <= end)) {
      throw new RangeError(`the field at byte ${position} does not end inside its message`);
    }
    yield field;
    position = field.end;
  }
}

function contentBytes(wire: number, value: number, valueBytes: number): number {
  switch (wire) {
    case WIRE_VARINT:
      return valueBytes === 0 ? Number.NaN : valueBytes;
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

/** Value and length of the varint at `begin`; `NaN` where it does not end within its 64 bits. */
function readVarint(bytes: Uint8Array, begin: number): [value: number, length: number] {
  let value = 0;
  let scale = 1;
  const end = Math.min(bytes.length, begin + VARINT_BYTES);
  for (let i = begin; i < end; i++) {
    value += (bytes[i]! & 127) * scale;
    if (bytes[i]! < 128) {
      return [value, i + 1 - begin];
    }
    scale *= 128;
  }
  return [Number.NaN, 0];
}

/** A field with a length, as a list of buffers: the parts are not copied. */
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
