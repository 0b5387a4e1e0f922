import { MaskwrightError } from '../../errors.js';
import type { Bounds } from '../../raster/index.js';

/** A channel of an EXR part, by its full name: `Z`, `depth.Z`. */
export interface ExrChannel {
  readonly name: string;
  readonly pixelType: 'uint' | 'half' | 'float';
}

/** A part of an EXR file: an image of its own. Most files have one. */
export interface ExrPart {
  /** Its name, which files of several parts must give. */
  readonly name: string | undefined;
  readonly channels: readonly ExrChannel[];
  readonly compression: (typeof COMPRESSIONS)[number];
  /** Where there are pixels. */
  readonly dataWindow: Bounds;
  /** The image's frame, which the data window need not fill, and may exceed. */
  readonly displayWindow: Bounds;
}

const COMPRESSIONS = ['none', 'rle', 'zips', 'zip', 'piz', 'pxr24', 'b44', 'b44a', 'dwaa', 'dwab'] as const;

/** What the decoder does not read. */
const NOT_READ: ReadonlySet<string> = new Set(['dwaa', 'dwab']);

/** Lines in one block, by compression. */
const BLOCK_LINES: Readonly<Record<ExrPart['compression'], number>> = {
  none: 1,
  rle: 1,
  zips: 1,
  zip: 16,
  piz: 32,
  pxr24: 16,
  b44: 32,
  b44a: 32,
  dwaa: 32,
  dwab: 256,
};

const PIXEL_TYPES = ['uint', 'half', 'float'] as const;

/** Samples over all channels: the decoder holds every one as 4 bytes, within WebAssembly's 4 GiB. */
export const MAX_EXR_SAMPLES = 2 ** 28;

const MAGIC = 20000630;
const FLAG_TILED = 0x200;
const FLAG_DEEP = 0x800;
const FLAG_MULTIPART = 0x1000;

const MAX_PARTS = 64;

export function looksLikeExr(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === MAGIC;
}

/**
 * Reads and validates the headers of all parts, so that nothing reaches the decoder that it cannot read or that would
 * fill the memory: the windows, the number of samples, the compression, and whether the file is long enough for the
 * blocks that it announces.
 *
 * Throws `INPUT_FORMAT`, `INPUT_TOO_LARGE` or `INPUT_DAMAGED`.
 */
export function readExrParts(name: string, bytes: Uint8Array): readonly ExrPart[] {
  const reader: Reader = { bytes, view: viewOf(bytes), at: 8 };
  try {
    return readHeaders(name, reader);
  } catch (error) {
    if (error instanceof RangeError) {
      throw damaged(name, 'its header ends too soon');
    }
    throw error;
  }
}

interface Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
}

interface Attributes {
  channels?: readonly ExrChannel[];
  compression?: number;
  dataWindow?: Bounds;
  displayWindow?: Bounds;
  type?: string;
  name?: string;
  tiles?: { readonly width: number; readonly height: number; readonly mode: number };
}

function readHeaders(name: string, reader: Reader): ExrPart[] {
  const { view } = reader;
  if (!looksLikeExr(reader.bytes)) {
    throw new MaskwrightError('INPUT_FORMAT', `${name} is not an EXR file`);
  }
  const version = view.getUint32(4, true);
  if ((version & 0xff) !== 2) {
    throw new MaskwrightError('INPUT_FORMAT', `${name} is EXR version ${version & 0xff}; version 2 is read`);
  }
  const multipart = (version & FLAG_MULTIPART) !== 0;
  const headers = [readAttributes(name, reader)];
  if (multipart) {
    while (view.getUint8(reader.at) !== 0 && headers.length < MAX_PARTS) {
      headers.push(readAttributes(name, reader));
    }
    reader.at++;
  }
  if ((version & FLAG_DEEP) !== 0 || headers.some(({ type }) => type?.startsWith('deep'))) {
    throw new MaskwrightError('INPUT_FORMAT', `${name} holds deep data, several samples a pixel, which is not read`, {
      hint: 'flatten it in the program that rendered it (Nuke: DeepToImage)',
    });
  }
  let samples = 0;
  let blocks = 0;
  const parts = headers.map((header) => {
    const part = assertComplete(name, header);
    const { width, height } = part.dataWindow;
    samples += width * height * part.channels.length;
    blocks += countBlocks(name, header, part, (version & FLAG_TILED) !== 0);
    return part;
  });
  if (samples > MAX_EXR_SAMPLES) {
    const { width, height } = parts[0]!.dataWindow;
    throw new MaskwrightError(
      'INPUT_TOO_LARGE',
      `${name} is too large: ${width} x ${height} pixels, ${samples} samples in all, the limit is ${MAX_EXR_SAMPLES}`,
      { hint: 'scale it down, or save the depth channel alone' },
    );
  }
  // Each block has its place in the table of offsets, and at least its own header of 8 bytes.
  if (reader.bytes.length - reader.at < blocks * 16) {
    throw damaged(name, `it announces ${blocks} blocks, but has ${reader.bytes.length - reader.at} bytes for them`);
  }
  return parts;
}

function readAttributes(name: string, reader: Reader): Attributes {
  const found: Attributes = {};
  for (let count = 0; reader.view.getUint8(reader.at) !== 0; count++) {
    if (count > 4096) {
      throw damaged(name, 'its header has no end');
    }
    const attribute = readText(name, reader);
    const type = readText(name, reader);
    const size = reader.view.getInt32(reader.at, true);
    const begin = reader.at + 4;
    if (size < 0 || begin + size > reader.bytes.length) {
      throw damaged(name, `its attribute ${JSON.stringify(attribute)} says that it is ${size} bytes long`);
    }
    readAttribute(name, reader, found, attribute, type, begin, size);
    reader.at = begin + size;
  }
  reader.at++;
  return found;
}

function readAttribute(
  name: string,
  { bytes, view }: Reader,
  found: Attributes,
  attribute: string,
  type: string,
  begin: number,
  size: number,
): void {
  if (attribute === 'channels' && type === 'chlist') {
    found.channels = readChannels(name, { bytes: bytes.subarray(0, begin + size), view, at: begin });
  } else if (attribute === 'compression' && type === 'compression' && size >= 1) {
    found.compression = view.getUint8(begin);
  } else if (attribute === 'dataWindow' && type === 'box2i' && size >= 16) {
    found.dataWindow = readBox(view, begin);
  } else if (attribute === 'displayWindow' && type === 'box2i' && size >= 16) {
    found.displayWindow = readBox(view, begin);
  } else if (attribute === 'type' && type === 'string') {
    found.type = latin1(bytes.subarray(begin, begin + size));
  } else if (attribute === 'name' && type === 'string') {
    found.name = Buffer.from(bytes.subarray(begin, begin + size)).toString('utf8');
  } else if (attribute === 'tiles' && type === 'tiledesc' && size >= 9) {
    found.tiles = {
      width: view.getUint32(begin, true),
      height: view.getUint32(begin + 4, true),
      mode: view.getUint8(begin + 8) & 15,
    };
  }
}

function readChannels(name: string, reader: Reader): ExrChannel[] {
  const channels: ExrChannel[] = [];
  while (reader.at < reader.bytes.length && reader.bytes[reader.at] !== 0) {
    const channel = readText(name, reader);
    if (reader.at + 16 > reader.bytes.length) {
      throw damaged(name, 'its list of channels ends too soon');
    }
    const pixelType = PIXEL_TYPES[reader.view.getUint32(reader.at, true)];
    const xSampling = reader.view.getInt32(reader.at + 8, true);
    const ySampling = reader.view.getInt32(reader.at + 12, true);
    if (pixelType === undefined) {
      throw damaged(name, `its channel ${JSON.stringify(channel)} is of a type that there is not`);
    }
    if (xSampling !== 1 || ySampling !== 1) {
      throw new MaskwrightError(
        'INPUT_FORMAT',
        `${name} has the channel ${JSON.stringify(channel)} at a fraction of the size, which is not read`,
        { hint: 'save it without subsampling' },
      );
    }
    channels.push({ name: channel, pixelType });
    reader.at += 16;
  }
  return channels;
}

function assertComplete(name: string, header: Attributes): ExrPart {
  const { channels, dataWindow, displayWindow } = header;
  if (
    channels === undefined ||
    dataWindow === undefined ||
    displayWindow === undefined ||
    header.compression === undefined
  ) {
    throw damaged(name, 'its header lacks channels, windows or compression');
  }
  const compression = COMPRESSIONS[header.compression];
  if (compression === undefined || NOT_READ.has(compression)) {
    throw new MaskwrightError(
      'INPUT_FORMAT',
      `${name} is compressed with ${compression?.toUpperCase() ?? `method ${header.compression}`}, which is not read`,
      { hint: 'save it with ZIP, PIZ, RLE, PXR24, B44 or no compression' },
    );
  }
  const { width, height } = dataWindow;
  if (width < 1 || height < 1) {
    throw damaged(name, `its data window is ${width} x ${height} pixels`);
  }
  if (channels.length === 0) {
    throw damaged(name, 'it has no channels');
  }
  const frame = displayWindow.width * displayWindow.height;
  if (displayWindow.width < 1 || displayWindow.height < 1) {
    throw damaged(name, `its display window is ${displayWindow.width} x ${displayWindow.height} pixels`);
  }
  if (frame > MAX_EXR_SAMPLES) {
    throw new MaskwrightError(
      'INPUT_TOO_LARGE',
      `${name} has a display window of ${displayWindow.width} x ${displayWindow.height} pixels, the limit is ${MAX_EXR_SAMPLES} in all`,
      { hint: 'save it with a display window around the image' },
    );
  }
  return { name: header.name, channels, compression, dataWindow, displayWindow };
}

function countBlocks(
  name: string,
  header: Attributes,
  { dataWindow: { width, height }, compression }: ExrPart,
  flaggedTiled: boolean,
): number {
  const tiled = header.type === undefined ? flaggedTiled : header.type === 'tiledimage';
  if (!tiled) {
    return Math.ceil(height / BLOCK_LINES[compression]);
  }
  const { tiles } = header;
  if (tiles === undefined || tiles.width < 1 || tiles.height < 1 || tiles.mode > 2) {
    throw damaged(name, 'it has tiles, but says nothing sensible of their size');
  }
  return Math.ceil(width / tiles.width) * Math.ceil(height / tiles.height);
}

function readBox(view: DataView, begin: number): Bounds {
  const [x, y, right, bottom] = [0, 4, 8, 12].map((offset) => view.getInt32(begin + offset, true)) as [
    number,
    number,
    number,
    number,
  ];
  return { x, y, width: right - x + 1, height: bottom - y + 1 };
}

/** Text up to a zero byte; names are at most 255 bytes long. */
function readText(name: string, reader: Reader): string {
  const begin = reader.at;
  const end = reader.bytes.subarray(begin, begin + 256).indexOf(0);
  if (end < 0) {
    throw damaged(name, 'a name in its header has no end');
  }
  reader.at = begin + end + 1;
  return latin1(reader.bytes.subarray(begin, begin + end));
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(name: string, why: string): MaskwrightError {
  return new MaskwrightError('INPUT_DAMAGED', `${name} is a damaged EXR file: ${why}`, {
    hint: 'render or save it again',
  });
}
