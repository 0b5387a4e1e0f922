import { MaskwrightError } from '../../../errors.js';
import { isTiffCompressionDecoded, tiffCompressionName } from './tiff-compression.js';
import { damagedTiff, type TiffDirectory } from './tiff-directory.js';

export const PHOTOMETRIC = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, palette: 3, mask: 4, cmyk: 5, yCbCr: 6 } as const;

/** Names of the photometric interpretations that are not read, for messages. */
const PHOTOMETRICS_NOT_READ: Readonly<Record<number, string>> = {
  8: 'CIE L*a*b*',
  9: 'ICC L*a*b*',
  10: 'ITU L*a*b*',
  32_803: 'raw sensor data (CFA)',
  32_844: 'LogL',
  32_845: 'LogLuv',
  34_892: 'linear raw data',
  51_177: 'a depth map of DNG',
};

const SAMPLE_FORMATS = ['uint', 'uint', 'int', 'float', 'uint'] as const;

/** How the samples of a TIFF image are stored. */
export interface TiffLayout {
  readonly width: number;
  readonly height: number;
  readonly littleEndian: boolean;
  readonly compression: number;
  readonly photometric: number;
  readonly samplesPerPixel: number;
  readonly bits: number;
  readonly format: 'uint' | 'int' | 'float';
  /** Samples of color of a pixel: 1 of gray or palette, 3 of RGB and YCbCr, 4 of CMYK. */
  readonly colorSamples: number;
  /** ExtraSamples of each further sample: 1 associated alpha, 2 unassociated alpha, anything else unspecified. */
  readonly extraSamples: readonly number[];
  /** Each sample has a plane of its own, rather than pixels being interleaved. */
  readonly planar: boolean;
  readonly predictor: number;
  readonly reversedBits: boolean;
  /** 1 to 8, as in Exif. */
  readonly orientation: number;
  readonly tiled: boolean;
  /** Width and height of a tile, or of a strip. */
  readonly blockWidth: number;
  readonly blockHeight: number;
  /** Horizontal and vertical subsampling of chroma; 1, 1 unless YCbCr. */
  readonly subsampling: readonly [number, number];
}

/**
 * The layout of the first image of a TIFF.
 *
 * Throws `INPUT_FORMAT` for what is not read, by its name: photometric interpretations, compressions, sample types;
 * `INPUT_DAMAGED` where the tags contradict each other.
 */
export function readTiffLayout(name: string, directory: TiffDirectory): TiffLayout {
  const first = (tag: Parameters<TiffDirectory['values']>[0], fallback: number): number =>
    directory.values(tag)[0] ?? fallback;
  const width = first('ImageWidth', 0);
  const height = first('ImageLength', 0);
  if (!(width >= 1) || !(height >= 1)) {
    throw damagedTiff(name, `its size is ${width} x ${height}`);
  }
  if ((first('NewSubfileType', 0) & 1) === 1) {
    throw notReadTiff(
      name,
      'begins with a preview, as camera raw and DNG files do',
      'develop it, and save it as TIFF or PNG',
    );
  }
  const compression = first('Compression', 1);
  const photometric = first('PhotometricInterpretation', 1);
  const notRead = PHOTOMETRICS_NOT_READ[photometric];
  if (notRead !== undefined || photometric > 6) {
    throw notReadTiff(name, `holds ${notRead ?? `photometric interpretation ${photometric}`}`, 'convert it to RGB');
  }
  const samplesPerPixel = first('SamplesPerPixel', 1);
  const colorSamples = photometric === PHOTOMETRIC.cmyk ? 4 : photometric === 2 || photometric === 6 ? 3 : 1;
  if (samplesPerPixel < colorSamples) {
    throw damagedTiff(name, `its ${samplesPerPixel} samples a pixel cannot be of its color space`);
  }
  const bitsPerSample = directory.values('BitsPerSample');
  const bits = bitsPerSample[0] ?? 1;
  if (bitsPerSample.some((value) => value !== bits)) {
    throw notReadTiff(name, `has samples of ${bitsPerSample.join(', ')} bits`, 'save it with one bit depth');
  }
  const formats = directory.values('SampleFormat');
  const format = SAMPLE_FORMATS[formats[0] ?? 1];
  if (format === undefined || formats.some((value) => value !== formats[0])) {
    throw notReadTiff(name, `has samples of format ${formats.join(', ')}`, 'save it as integers or as float');
  }
  const known = format === 'float' ? [16, 32, 64].includes(bits) : format === 'int' ? [8, 16, 32].includes(bits) : true;
  if (!known || bits < 1 || bits > (format === 'float' ? 64 : 32)) {
    throw notReadTiff(name, `has ${bits}-bit ${format} samples`, 'save it with 8- or 16-bit integers or as float');
  }
  const tiled = directory.values('TileWidth').length > 0;
  const subsampling: readonly [number, number] =
    photometric === PHOTOMETRIC.yCbCr
      ? [directory.values('YCbCrSubSampling')[0] ?? 2, directory.values('YCbCrSubSampling')[1] ?? 2]
      : [1, 1];
  const layout: TiffLayout = {
    width,
    height,
    littleEndian: directory.littleEndian,
    compression,
    photometric,
    samplesPerPixel,
    bits,
    format,
    colorSamples,
    extraSamples: Array.from(
      { length: samplesPerPixel - colorSamples },
      (_, i) => directory.values('ExtraSamples')[i] ?? 0,
    ),
    planar: samplesPerPixel > 1 && first('PlanarConfiguration', 1) === 2,
    predictor: first('Predictor', 1),
    reversedBits: first('FillOrder', 1) === 2,
    orientation: orientationOf(first('Orientation', 1)),
    tiled,
    blockWidth: tiled ? first('TileWidth', 0) : width,
    blockHeight: tiled ? first('TileLength', 0) : Math.min(first('RowsPerStrip', height), height),
    subsampling,
  };
  if (!(layout.blockWidth >= 1) || !(layout.blockHeight >= 1) || layout.blockWidth > 65_536 * 16) {
    throw damagedTiff(name, `its tiles are ${layout.blockWidth} x ${layout.blockHeight}`);
  }
  return layout;
}

/**
 * Whether libtiff, through sharp, gives this layout's values as they stand: 8- or 16-bit gray or RGB, with at most an
 * unassociated alpha. Compressions that only it decodes are refused for anything else.
 */
export function isReadByLibtiff(name: string, layout: TiffLayout): boolean {
  const { compression, photometric, bits, format, samplesPerPixel, colorSamples, extraSamples } = layout;
  if (compression === 7 && bits === 8 && [1, 2, 6].includes(photometric) && extraSamples.length === 0) {
    return true;
  }
  if ([2, 3, 4].includes(compression) && bits === 1 && samplesPerPixel === 1) {
    return true;
  }
  if (!isTiffCompressionDecoded(compression)) {
    throw notReadTiff(
      name,
      `is compressed with ${tiffCompressionName(compression)}`,
      'save it with LZW, Deflate or no compression',
    );
  }
  if (photometric === PHOTOMETRIC.cmyk) {
    if (extraSamples.length > 0 || layout.planar || format !== 'uint' || bits !== 8) {
      throw notReadTiff(name, `is CMYK with ${samplesPerPixel} ${bits}-bit samples a pixel`, 'convert it to RGB');
    }
    return true;
  }
  return (
    (photometric === 1 || photometric === 2) &&
    (bits === 8 || bits === 16) &&
    format === 'uint' &&
    !layout.planar &&
    (layout.predictor === 1 || layout.predictor === 2) &&
    (samplesPerPixel === colorSamples || (samplesPerPixel === colorSamples + 1 && extraSamples[0] === 2))
  );
}

export function notReadTiff(name: string, what: string, remedy: string): MaskwrightError {
  return new MaskwrightError('INPUT_FORMAT', `${name} ${what}, which is not read from TIFF`, { hint: remedy });
}

function orientationOf(value: number): number {
  return Number.isInteger(value) && value >= 1 && value <= 8 ? value : 1;
}
