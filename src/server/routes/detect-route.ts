import { parsePromptSources } from '../../sources/detection/parse-prompt-sources.js';
import type { Detail, Refine } from '../../sources/detection/prompt-settings.js';
import { decodeImage } from '../../io/image/decode-image.js';
import { encodeGray } from '../../io/image/encode-gray.js';
import { measureMask } from '../../outputs/measure-mask.js';
import { openSession, type SessionFindOptions } from '../../run/session.js';
import type { FoundMask } from '../../sources/source.js';
import { type Fit, FITS } from '../../raster/square-fit.js';
import { HttpError } from '../http/http-error.js';
import { type Form, readForm, type UploadedFile } from '../http/read-form.js';
import type { ServerContext } from '../server-context.js';
import { doWork } from './work.js';

/** `POST /v1/detect`: what prompts select, as statistics or as a heatmap. */
export function detectRoute(request: Request, context: ServerContext): Promise<Response> {
  const wantsImage = (request.headers.get('accept') ?? '').includes('image/png');
  return doWork(request, context, {
    read: async () => {
      const form = await readForm(request, context.maxBodyBytes);
      return { image: await oneFile(form, 'image'), ...readFields(form) };
    },
    run: async ({ image, prompt, ...options }, signal) => {
      const decoded = await decodeImage(image.data, image.name);
      const session = await openSession(decoded, { models: context.models, cache: context.cache, signal });
      const found = await session.find(prompt, options);
      return { decoded, found };
    },
    answer: async ({ decoded, found }) =>
      wantsImage
        ? new Response(await encodeHeatmap(found[0]!), { headers: { 'content-type': 'image/png' } })
        : Response.json(describe(decoded, found)),
    event: ({ decoded, found }) => describe(decoded, found),
  });
}

function readFields(form: Form): SessionFindOptions & { readonly prompt: string } {
  const prompt = form.text('prompt') ?? '';
  // Throws before the image is looked at.
  parsePromptSources(prompt);
  const threshold = form.text('threshold');
  const fit = form.text('fit');
  if (fit !== undefined && !FITS.some((known) => known === fit)) {
    throw new HttpError(400, 'OPTION_RANGE', `fit is ${JSON.stringify(fit)}, but must be ${FITS.join(' or ')}`);
  }
  return {
    prompt,
    threshold: threshold === undefined || threshold === 'auto' ? threshold : toNumber('threshold', threshold),
    refine: form.text('refine') as Refine | undefined,
    detail: form.text('detail') as Detail | undefined,
    fit: fit as Fit | undefined,
  };
}

function toNumber(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new HttpError(400, 'OPTION_RANGE', `${name} is ${JSON.stringify(text)}, but must be a number`);
  }
  return value;
}

/** The one file of a field. Throws 400 without it. */
export async function oneFile(form: Form, name: string): Promise<UploadedFile> {
  const [file, ...more] = await form.files(name);
  if (file === undefined || more.length > 0) {
    throw new HttpError(
      400,
      'FIELD_MISSING',
      `the body has ${file === undefined ? 'no' : 'more than one'} file ${name}`,
      {
        hint: `send one: curl -F ${name}=@photo.png`,
      },
    );
  }
  return file;
}

function describe({ raster, warnings }: Awaited<ReturnType<typeof decodeImage>>, found: readonly FoundMask[]) {
  return {
    width: raster.width,
    height: raster.height,
    prompts: found.map(({ label, mask, provenance, warnings }) => ({
      prompt: label,
      threshold: provenance['threshold'],
      peak: provenance['peak'],
      ...measureMask(mask),
      detections: provenance['detections'],
      warnings,
    })),
    warnings,
  };
}

/** Probabilities as 16-bit gray: 65535 = certain. */
async function encodeHeatmap({ heatmap }: FoundMask): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, data } = heatmap!;
  const values = Uint16Array.from(data, (value) => Math.round(value * 65_535));
  return new Uint8Array(await encodeGray({ width, height, data: values }, {}));
}
