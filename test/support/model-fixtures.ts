import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createRaster, type Raster } from '../../src/raster/index.js';

/** Copies a model of test/fixtures to a folder as a repository has it: its graphs not compressed. */
export function unpackModel(fixture: string, place: string): string {
  cpSync(fixture, place, { recursive: true });
  for (const file of readdirSync(join(place, 'onnx'))) {
    const path = join(place, 'onnx', file);
    writeFileSync(path.replace(/\.gz$/, ''), gunzipSync(readFileSync(path)));
    rmSync(path);
  }
  return place;
}

/** The image of a fixture, and what another program says of it. */
export interface Answered<Answers> {
  readonly image: Raster;
  readonly answers: Answers;
}

/** Reads `image.u8` and `answers.json.gz` of a fixture. */
export function readAnswers(fixture: string): Answered<unknown> {
  const answers = JSON.parse(gunzipSync(readFileSync(join(fixture, 'answers.json.gz'))).toString()) as {
    readonly width: number;
    readonly height: number;
  };
  const { width, height } = answers;
  return { image: createRaster(width, height, 3, readFileSync(join(fixture, 'image.u8'))), answers };
}

/** A plane at another size by bilinear interpolation between centers of pixels, the outermost repeated. */
export function interpolate(
  plane: { readonly width: number; readonly height: number; readonly data: ArrayLike<number> },
  width: number,
  height: number,
): number[] {
  const place = (at: number, to: number, from: number): readonly [number, number, number] => {
    const x = Math.min(from - 1, Math.max(0, ((at + 0.5) * from) / to - 0.5));
    const left = Math.floor(x);
    return [left, Math.min(from - 1, left + 1), x - left];
  };
  return Array.from({ length: width * height }, (_, i) => {
    const [x0, x1, u] = place(i % width, width, plane.width);
    const [y0, y1, v] = place(Math.floor(i / width), height, plane.height);
    const at = (x: number, y: number): number => plane.data[y * plane.width + x]!;
    return (at(x0, y0) * (1 - u) + at(x1, y0) * u) * (1 - v) + (at(x0, y1) * (1 - u) + at(x1, y1) * u) * v;
  });
}
