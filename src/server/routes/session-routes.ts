import { basename, join } from 'node:path';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { stitchImages } from '../../run/stitch-images.js';
import type { Raster } from '../../raster/index.js';
import { MAX_PHRASE_LENGTH } from '../../prompts/prompt-tree.js';
import { MAX_PHRASES, phrasesRequest } from '../api-schemas.js';
import { HttpError } from '../http/http-error.js';
import { readForm, readJson } from '../http/read-form.js';
import type { ServerContext } from '../server-context.js';
import type { OpenImage } from '../session-store.js';
import { oneFile } from './detect-route.js';
import { doWork } from './work.js';

/** A list of phrases is small. */
const MAX_JSON_BYTES = 1024 * 1024;

/** `POST /v1/sessions`: opens an uploaded image, or one that the studio was started with. */
export function openSessionRoute(request: Request, context: ServerContext): Promise<Response> {
  return doWork(request, context, {
    read: async () => {
      const form = await readForm(request, context.maxBodyBytes);
      const imageId = form.text('imageId');
      if (imageId === undefined) {
        const { name, data } = await oneFile(form, 'image');
        return { source: data, name: basename(name.replaceAll('\\', '/')) || 'image', imageId: undefined };
      }
      const image = context.folder?.image(Number(imageId));
      if (image === undefined) {
        throw new HttpError(404, 'IMAGE_NOT_FOUND', `there is no image ${JSON.stringify(imageId)}`);
      }
      return { source: image.path, name: image.path, imageId: Number(imageId) };
    },
    run: ({ source, name, imageId }) => context.sessions.open(source, name, imageId),
    answer: (opened) => Response.json(describeSession(opened), { status: 201 }),
    event: describeSession,
  });
}

function describeSession({ id, name, session: { image } }: OpenImage) {
  const { raster, format, warnings } = image;
  return { id, name: basename(name), width: raster.width, height: raster.height, format, warnings };
}

/** `GET /v1/sessions/{id}/pixels`: 8-bit RGBA. */
export function pixelsRoute({ session }: OpenImage): Response {
  return new Response(toRgba(session.image.raster), { headers: { 'content-type': 'application/octet-stream' } });
}

function toRgba({ width, height, channels, data }: Raster): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(width * height * 4);
  const shift = data instanceof Uint16Array ? 8 : 0;
  for (let i = 0, from = 0; i < out.length; i += 4, from += channels) {
    out[i] = data[from]! >> shift;
    out[i + 1] = data[from + 1]! >> shift;
    out[i + 2] = data[from + 2]! >> shift;
    out[i + 3] = channels === 4 ? data[from + 3]! >> shift : 255;
  }
  return out;
}

/** `POST /v1/sessions/{id}/detect`: the heatmaps that sliders work on. */
export function sessionDetectRoute(
  request: Request,
  context: ServerContext,
  { session }: OpenImage,
): Promise<Response> {
  return doWork(request, context, {
    read: async () => {
      const parsed = phrasesRequest.safeParse(await readJson(request, MAX_JSON_BYTES));
      if (!parsed.success) {
        throw new HttpError(400, 'BODY_INVALID', 'the body is not {"phrases": ["..."]}', {
          hint: `1 to ${MAX_PHRASES} phrases, each of 1 to ${MAX_PHRASE_LENGTH} characters`,
        });
      }
      return parsed.data.phrases;
    },
    run: async (phrases) => {
      const heatmaps = await session.detect(phrases);
      return {
        heatmaps: heatmaps.map(({ width, height, data }, i) => ({
          phrase: phrases[i]!,
          width,
          height,
          data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
        })),
      };
    },
    answer: (result) => Response.json(result),
    event: (result) => result,
  });
}

/** `POST /v1/sessions/{id}/stitch`: puts a painted crop back, as the command `stitch` does. */
export function stitchRoute(request: Request, context: ServerContext, { session }: OpenImage): Promise<Response> {
  return doWork(request, context, {
    read: async () => {
      const form = await readForm(request, context.maxBodyBytes);
      const [painted, manifest, mask] = await Promise.all(
        ['painted', 'manifest', 'mask'].map((name) => oneFile(form, name)),
      );
      return { painted: painted!, manifest: manifest!, mask: mask! };
    },
    run: async (files) => {
      // The command reads and writes files, and so does this.
      const folder = await mkdtemp(join(tmpdir(), 'maskwright-stitch-'));
      try {
        const place = (name: string): string => join(folder, name);
        await Promise.all([
          ...Object.entries(files).map(([name, { data }]) => writeFile(place(name), data)),
          writeFile(place('original'), session.image.bytes),
        ]);
        await stitchImages([place('painted')], {
          manifests: [place('manifest')],
          output: place('stitched.png'),
          original: place('original'),
          mask: place('mask'),
          matchColor: false,
          provenance: { command: 'stitch' },
        });
        return new Uint8Array(await readFile(place('stitched.png')));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    answer: (png) => new Response(png, { headers: { 'content-type': 'image/png' } }),
    event: (png) => ({ data: Buffer.from(png).toString('base64') }),
  });
}
