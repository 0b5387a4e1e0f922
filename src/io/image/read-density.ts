import { readCarriedChunks } from './png/png-chunks.js';
import { looksLikeTiff, readTiffDirectory } from './tiff/tiff-directory.js';

/** Pixels per inch. */
export interface Density {
  readonly x: number;
  readonly y: number;
}

const CM_PER_INCH = 2.54;
const METERS_PER_INCH = 0.0254;

/**
 * The density that a PNG, JPEG or TIFF file, or an Exif block, states; undefined where it states none. Nothing is made up:
 * a JFIF header without a unit gives an aspect ratio, and a missing tag is no 72 dpi.
 *
 * @param exif The Exif block of the file, read where the file itself says nothing.
 */
export function readDensity(bytes: Uint8Array, exif?: Uint8Array): Density | undefined {
  if (looksLikeTiff(bytes)) {
    return readTiffDensity(bytes);
  }
  const physical = readCarriedChunks(bytes).find(({ type }) => type === 'pHYs');
  if (physical !== undefined) {
    return readPngDensity(physical.data);
  }
  const jfif = bytes[0] === 0xff && bytes[1] === 0xd8 ? readJfifDensity(bytes) : undefined;
  if (jfif !== undefined || exif === undefined) {
    return jfif;
  }
  const hasMarker = Buffer.from(exif.subarray(0, 6)).toString('latin1') === 'Exif\0\0';
  const block = hasMarker ? exif.subarray(6) : exif;
  return looksLikeTiff(block) ? readTiffDensity(block) : undefined;
}

/** pHYs: pixels a unit on each axis; unit 1 is the meter, 0 gives an aspect ratio alone. */
function readPngDensity(data: Uint8Array): Density | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return data.length < 9
    ? undefined
    : densityOf(view.getUint32(0), view.getUint32(4), view.getUint8(8) === 1 ? METERS_PER_INCH : 0);
}

/** XResolution and YResolution with their unit: 2 is the inch, 3 the centimeter, 1 none. */
function readTiffDensity(bytes: Uint8Array): Density | undefined {
  try {
    const directory = readTiffDirectory('', bytes);
    const unit = directory.values('ResolutionUnit')[0] ?? 2;
    const [x = 0] = directory.values('XResolution');
    const [y = x] = directory.values('YResolution');
    return densityOf(x, y, unit === 2 ? 1 : unit === 3 ? CM_PER_INCH : 0);
  } catch {
    // The pixels may be sound all the same.
    return undefined;
  }
}

/** The APP0 segment of JFIF 1.02, the first of the file: unit 1 is the inch, 2 the centimeter, 0 none. */
function readJfifDensity(bytes: Uint8Array): Density | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 20 || view.getUint16(2) !== 0xff_e0 || view.getUint32(6) !== 0x4a_46_49_46) {
    return undefined;
  }
  const unit = view.getUint8(13);
  return densityOf(view.getUint16(14), view.getUint16(16), unit === 1 ? 1 : unit === 2 ? CM_PER_INCH : 0);
}

function densityOf(x: number, y: number, perInch: number): Density | undefined {
  const density = { x: x * perInch, y: y * perInch };
  return Number.isFinite(density.x) && Number.isFinite(density.y) && density.x > 0 && density.y > 0
    ? density
    : undefined;
}
