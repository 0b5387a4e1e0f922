import { orientSamples } from './orient-samples.js';
import { isReadByLibtiff, readTiffLayout, type TiffLayout } from './tiff-layout.js';
import { readTiffPixels } from './tiff-color.js';
import { isTiffCompressionDecoded } from './tiff-compression.js';
import { readTiffDirectory, type TiffDirectory } from './tiff-directory.js';
import { readTiffSamples } from './tiff-samples.js';

/** A TIFF image decoded here, upright. */
export interface DecodedTiff {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array | Uint16Array;
  readonly orientation: number;
  readonly pages: number;
  readonly icc: Uint8Array | undefined;
  readonly warnings: readonly string[];
}

/** The first image of a TIFF, its tags read and judged. */
export interface OpenedTiff {
  readonly directory: TiffDirectory;
  readonly layout: TiffLayout;
  /** libtiff, through sharp, reads it exactly. Otherwise `decodeTiff` does. */
  readonly readByLibtiff: boolean;
  /** `decodeTiffValues` reads it: the compression is decoded here, and pixels are not subsampled. */
  readonly isDecodable: boolean;
}

/** Throws `INPUT_FORMAT` for what neither reads, by its name, and `INPUT_DAMAGED`. */
export function openTiff(name: string, bytes: Uint8Array): OpenedTiff {
  const directory = readTiffDirectory(name, bytes);
  const layout = readTiffLayout(name, directory);
  const isDecodable = isTiffCompressionDecoded(layout.compression) && layout.subsampling.every((step) => step === 1);
  return { directory, layout, readByLibtiff: isReadByLibtiff(name, layout), isDecodable };
}

/** The image in 8- or 16-bit samples. See `readTiffPixels` for what becomes of other sample types. */
export function decodeTiff(name: string, bytes: Uint8Array, { directory, layout }: OpenedTiff): DecodedTiff {
  const { channels, data, warnings } = readTiffPixels(name, bytes, directory, layout);
  return {
    ...orientSamples({ width: layout.width, height: layout.height, data }, channels, layout.orientation),
    channels,
    orientation: layout.orientation,
    pages: directory.pages,
    icc: directory.bytes('IccProfile'),
    warnings,
  };
}

/** The first sample of each pixel as a number, as stored, upright; NaN for the value declared as no-data. */
export function decodeTiffValues(
  name: string,
  bytes: Uint8Array,
  { directory, layout }: OpenedTiff,
): { readonly width: number; readonly height: number; readonly data: Float32Array } {
  const samples = readTiffSamples(name, bytes, directory, layout, 1);
  const noData = readNoData(directory);
  const data =
    noData === undefined
      ? Float32Array.from(samples)
      : Float32Array.from(samples, (value) => (value === noData || value === Math.fround(noData) ? Number.NaN : value));
  return orientSamples({ width: layout.width, height: layout.height, data }, 1, layout.orientation);
}

/** GDAL's tag: the value of pixels without data, as text. */
function readNoData(directory: TiffDirectory): number | undefined {
  const text = directory.bytes('GdalNoData');
  const value = text === undefined ? Number.NaN : Number(Buffer.from(text).toString('latin1').replaceAll('\0', ' '));
  return Number.isNaN(value) ? undefined : value;
}
