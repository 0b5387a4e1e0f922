import type { OutputFile } from '../io/files/write-files.js';
import { STDIO } from '../io/files/read-input.js';
import { type Effort, encodeInPieces, formatForPath, type OutputFormat } from '../io/image/encode-image.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';
import type { Mask, Raster } from '../raster/index.js';
import type { PlannedFile, RenderedFile } from './output.js';

/** An image as the file that is planned for it; standard output is PNG. */
export async function encodeOutput(
  file: PlannedFile,
  drawn: Raster | Mask,
  {
    icc,
    provenance,
    effort,
  }: {
    readonly icc?: Uint8Array | undefined;
    readonly provenance?: () => Provenance;
    readonly effort?: Effort;
  },
): Promise<RenderedFile> {
  const data = await encodeInPieces(drawn, {
    effort,
    format: formatOf(file.path),
    icc,
    text: provenance === undefined ? undefined : () => provenanceText(provenance()),
  });
  return { ...file, data };
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
