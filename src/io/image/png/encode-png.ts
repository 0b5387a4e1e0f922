import { chooseCompression, type Effort } from './choose-compression.js';
import { combineAdler } from './combine-adler.js';
import { type EncodedStrip, encodeStrip, type StripTask, WINDOW_BYTES } from './encode-strip.js';
import { metadataChunks, pngChunk, PNG_SIGNATURE, type PngMetadata, type PngText } from './png-chunks.js';
import { copyRows, layoutOf, type PngPixels, type PngRows } from './png-pixels.js';
import { encodeStripInPool, POOL_SIZE, startThreads, takeRows } from './strip-pool.js';

export interface PngOptions extends Omit<PngMetadata, 'text'> {
  /** Text for the file. A function is called while the pixels are being compressed. */
  readonly text?: PngText | (() => PngText) | undefined;
  /** `fast`, `normal` (default) or `small`. */
  readonly effort?: Effort;
}

/** Color types of the PNG specification (table 8), by the number of channels. */
const COLOR_TYPES = { 1: 0, 2: 4, 3: 2, 4: 6 } as const;
/** Filtered bytes in a strip, about. They depend on the image and the effort only, so that every machine writes the same file. */
const STRIP_BYTES = { fast: 524_288, normal: 524_288, small: 4_194_304 } as const satisfies Record<Effort, number>;
/** Smaller images are encoded at once: to start a thread takes longer. */
const THREADED_BYTES = 2_097_152;

/**
 * Encodes a PNG in pieces, in the order of the file.
 *
 * The image is cut into strips of rows that threads filter and deflate at the same time. Together they are one zlib stream, as pigz
 * writes it: each strip ends with a sync flush, is primed with the 32 KiB before it, and the checksums are combined.
 * Only a few strips are held at a time, so that memory does not grow with the image.
 *
 * @example
 * for await (const piece of encodePng({ width, height, channels: 3, data })) {
 *   await handle.write(piece);
 * }
 */
export async function* encodePng(
  image: PngPixels | PngRows,
  options: PngOptions = {},
): AsyncGenerator<Uint8Array, void> {
  const { text, effort = 'normal', ...metadata } = options;
  const strips = encodeStrips(image, effort);
  const first = strips.next();
  // A failure is thrown where it is awaited, even if the text fails before.
  first.catch(() => undefined);
  const resolved = typeof text === 'function' ? text() : text;
  yield Buffer.concat([PNG_SIGNATURE, header(image), ...metadataChunks({ ...metadata, text: resolved })]);
  let adler = 1;
  for (let next = await first; next.done !== true; next = await strips.next()) {
    adler = combineAdler(adler, next.value.adler, next.value.length);
    yield next.value.chunk;
  }
  const trailer = Buffer.alloc(4);
  trailer.writeUInt32BE(adler);
  yield Buffer.concat([pngChunk('IDAT', [trailer]), pngChunk('IEND', [])]);
}

/** Strips in their order; the next ones are being encoded while one is taken. */
async function* encodeStrips(image: PngPixels | PngRows, effort: Effort): AsyncGenerator<EncodedStrip, void> {
  const bytes = layoutOf(image).rowBytes * image.height;
  if (bytes <= THREADED_BYTES) {
    for (const task of stripTasks(image, effort)) {
      yield encodeStrip(task);
    }
    return;
  }
  startThreads(Math.ceil(bytes / STRIP_BYTES[effort]));
  const started: Promise<EncodedStrip>[] = [];
  for (const task of stripTasks(image, effort, takeRows)) {
    const strip = encodeStripInPool(task);
    // A failure is thrown where the strip is awaited.
    strip.catch(() => undefined);
    started.push(strip);
    if (started.length >= 2 * POOL_SIZE) {
      yield started.shift()!;
    }
  }
  for (const strip of started) {
    yield strip;
  }
}

function* stripTasks(
  image: PngPixels | PngRows,
  effort: Effort,
  allocate?: (bytes: number) => Uint8Array,
): Generator<StripTask, void> {
  const { height } = image;
  const { rowBytes, pixelBytes, wide } = layoutOf(image);
  const { filters, matching, level } = chooseCompression(image, effort);
  // Of one size, so that threads end at the same time.
  const strips = Math.ceil((height * (rowBytes + 1)) / STRIP_BYTES[effort]);
  const stripRows = Math.ceil(height / strips);
  // A strip that chooses its filter cannot know the end of the one before, and runs need none.
  const primingRows = filters.length > 1 || matching === 'runs' ? 0 : Math.ceil(WINDOW_BYTES / (rowBytes + 1));
  for (let from = 0; from < height; from += stripRows) {
    const to = Math.min(from + stripRows, height);
    const rowsBefore = Math.min(from, primingRows + 1);
    yield {
      rows: copyRows(image, from - rowsBefore, to, allocate),
      rowBytes,
      pixelBytes,
      wide,
      rowsBefore,
      filters,
      matching,
      level,
      last: to === height,
    };
  }
}

function header(image: PngPixels | PngRows): Uint8Array {
  const { width, height, channels } = image;
  const body = Buffer.alloc(13);
  body.writeUInt32BE(width, 0);
  body.writeUInt32BE(height, 4);
  body[8] = layoutOf(image).wide ? 16 : 8;
  body[9] = COLOR_TYPES[channels];
  return pngChunk('IHDR', [body]);
}
