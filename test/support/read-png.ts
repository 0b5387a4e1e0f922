import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

/** A PNG as its chunks and samples say it, decoded by nothing that the project itself uses. */
export interface PngContent {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: 8 | 16;
  /** 0 gray, 2 RGB, 4 gray + alpha, 6 RGBA. */
  readonly colorType: 0 | 2 | 4 | 6;
  readonly channels: 1 | 2 | 3 | 4;
  readonly samples: Uint8Array | Uint16Array;
  readonly bytes: number;
  readonly chunks: readonly string[];
}

const CHANNELS = { 0: 1, 2: 3, 4: 2, 6: 4 } as const;

/** Reads a PNG that is not interlaced and has no palette, straight from the specification. */
export function readPng(path: string): PngContent {
  const file = readFileSync(path);
  if (file.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') throw new Error(`${path} is not a PNG`);
  const chunks: string[] = [];
  const data: Buffer[] = [];
  let header: Buffer | undefined;
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + length);
    chunks.push(type);
    if (type === 'IHDR') header = body;
    if (type === 'IDAT') data.push(body);
    at += 12 + length;
  }
  if (header === undefined) throw new Error(`${path} has no header`);
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const bitDepth = header[8] as 8 | 16;
  const colorType = header[9] as keyof typeof CHANNELS;
  const channels = CHANNELS[colorType];
  if (channels === undefined || (bitDepth !== 8 && bitDepth !== 16) || header[12] !== 0) {
    throw new Error(`${path}: color type ${colorType}, depth ${bitDepth}, interlace ${header[12]} are not read here`);
  }
  const bytes = unfilter(inflateSync(Buffer.concat(data)), width, height, (channels * bitDepth) / 8);
  const samples =
    bitDepth === 8
      ? bytes
      : Uint16Array.from({ length: bytes.length / 2 }, (_, i) => bytes[2 * i]! * 256 + bytes[2 * i + 1]!);
  return { width, height, bitDepth, colorType, channels, samples, bytes: file.length, chunks };
}

function unfilter(raw: Uint8Array, width: number, height: number, pixel: number): Uint8Array {
  const stride = width * pixel;
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let i = 0; i < stride; i++) {
      const at = y * stride + i;
      const left = i >= pixel ? out[at - pixel]! : 0;
      const up = y > 0 ? out[at - stride]! : 0;
      const corner = y > 0 && i >= pixel ? out[at - stride - pixel]! : 0;
      out[at] = raw[y * (stride + 1) + 1 + i]! + predict(filter, left, up, corner);
    }
  }
  return out;
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const estimate = left + up - corner;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
