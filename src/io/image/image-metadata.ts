import { densityChunk, type PngChunk } from './png/png-chunks.js';
import type { Density } from './read-density.js';

/** What a file says about its pixels without changing them. Outputs keep it. */
export interface ImageMetadata {
  /** The ICC profile as stored; pixels are never converted by it. */
  readonly icc: Uint8Array | undefined;
  /** Chunks of a PNG that say how its colors are to be shown: gAMA, cHRM, sRGB, cICP ... */
  readonly carried: readonly PngChunk[];
  /** Pixels per inch, where the file states them. */
  readonly density: Density | undefined;
}

/** The metadata of an image, to write into what is made of it. */
export function metadataOf({ icc, carried, density }: ImageMetadata): ImageMetadata {
  return { icc, carried, density };
}

/** The chunks of a PNG for metadata: density is stated once, in the file's own words where it was a PNG. */
export function carriedChunks({ carried = [], density }: Partial<ImageMetadata>): readonly PngChunk[] {
  const states = carried.some(({ type }) => type === 'pHYs');
  return density === undefined || states ? carried : [...carried, densityChunk(density.x, density.y)];
}

/**
 * What a format cannot hold, as warnings: WebP and TIFF hold profiles, but not the color chunks of PNG. Without them
 * colors may be shown otherwise; sRGB is what is assumed anyway.
 */
export function lostMetadata(name: string, { icc, carried }: ImageMetadata, format: 'png' | 'webp' | 'tiff'): string[] {
  const types = carried.map(({ type }) => type).filter((type) => type !== 'pHYs' && type !== 'sRGB');
  return format === 'png' || types.length === 0 || icc !== undefined
    ? []
    : [`${name} states its colors by ${types.join(', ')}, which ${format.toUpperCase()} cannot hold: .png keeps them`];
}
