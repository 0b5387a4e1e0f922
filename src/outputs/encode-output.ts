import type { OutputFile } from '../io/files/write-files.js';
import { STDIO } from '../io/files/read-input.js';
import { type Effort, encodeInPieces, formatForPath, type OutputFormat } from '../io/image/encode-image.js';
import { type ImageMetadata, lostMetadata, metadataOf } from '../io/image/image-metadata.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';
import type { Mask, Raster } from '../raster/index.js';
import type { PlannedFile, RenderedFile } from './output.js';

/** An image as the file that is planned for it; standard output is PNG. */
export async function encodeOutput(
  file: PlannedFile,
  drawn: Raster | Mask,
  {
    metadata,
    provenance,
    effort,
  }: {
    /** Of the image that was drawn from. */
    readonly metadata?: ImageMetadata | undefined;
    readonly provenance?: () => Provenance;
    readonly effort?: Effort;
  },
): Promise<RenderedFile> {
  const data = await encodeInPieces(drawn, {
    effort,
    format: formatOf(file.path),
    ...(metadata === undefined ? {} : metadataOf(metadata)),
    text: provenance === undefined ? undefined : () => provenanceText(provenance()),
  });
  return { ...file, data };
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
