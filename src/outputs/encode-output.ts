import type { OutputFile } from '../io/files/write-files.js';
import { STDIO } from '../io/files/read-input.js';
import { type Effort, type EncodeOptions, formatForPath, type OutputFormat } from '../io/image/encode-image.js';
import { type Drawing, imageContent, verifiedContent } from '../io/image/image-content.js';
import { type ImageMetadata, lostMetadata, metadataOf } from '../io/image/image-metadata.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';
import type { Raster } from '../raster/index.js';
import type { PlannedFile, RenderedFile } from './output.js';

/** What goes into an image's file besides its samples. */
export interface EncodeOutputOptions {
  /** Of the image that was drawn from. */
  readonly metadata?: ImageMetadata | undefined;
  readonly provenance?: () => Provenance;
  readonly effort?: Effort;
}

/** An image as the file that is planned for it; standard output is PNG. It is drawn and encoded while it is written. */
export function encodeOutput(file: PlannedFile, drawing: Drawing, options: EncodeOutputOptions): RenderedFile {
  return { ...file, ...imageContent(drawing, encoding(file, options)) };
}

/** As `encodeOutput`; before the file takes its name, it is decoded and compared with what was drawn. */
export function encodeVerified(
  file: PlannedFile,
  drawing: Drawing<Raster>,
  options: EncodeOutputOptions,
): RenderedFile {
  return { ...file, ...verifiedContent(drawing, encoding(file, options), file.path) };
}

function encoding({ path }: PlannedFile, { metadata, provenance, effort }: EncodeOutputOptions): EncodeOptions {
  return {
    effort,
    format: formatOf(path),
    ...(metadata === undefined ? {} : metadataOf(metadata)),
    text: provenance === undefined ? undefined : () => provenanceText(provenance()),
  };
}

/** Warnings of what the format of a file cannot hold of an image's metadata. */
export function metadataWarnings(file: PlannedFile, image: ImageMetadata & { readonly name: string }): string[] {
  return lostMetadata(image.name, image, formatOf(file.path));
}

/** The format that a path's ending names; PNG for standard output. Throws `OUTPUT_FORMAT`. */
export function formatOf(path: string): OutputFormat {
  return path === STDIO ? 'png' : formatForPath(path);
}

/** Encoded files, each with the kind that was planned for it. */
export function withKinds(files: readonly OutputFile[], planned: readonly PlannedFile[]): RenderedFile[] {
  return files.map((file) => ({
    path: file.path,
    data: file.data,
    kind: planned.find(({ path }) => path === file.path)?.kind ?? 'file',
  }));
}
