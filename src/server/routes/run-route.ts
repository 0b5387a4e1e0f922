import { basename } from 'node:path';
import { checkImages } from '../../inpaint/check/check-images.js';
import { findTarget } from '../../inpaint/targets/target-table.js';
import { decodeImage } from '../../io/image/decode-image.js';
import type { RecipeResult } from '../../run/run-recipe.js';
import { HttpError } from '../http/http-error.js';
import { packZip } from '../http/pack-zip.js';
import { type Form, readForm, type UploadedFile } from '../http/read-form.js';
import { runUpload, type UploadedRecipe } from '../run-upload.js';
import type { ServerContext } from '../server-context.js';
import type { OpenImage } from '../session-store.js';
import { doWork } from './work.js';

/** `POST /v1/run`: a recipe over uploaded images. */
export function runRoute(request: Request, context: ServerContext): Promise<Response> {
  return doWork(request, context, {
    read: async () => {
      const form = await readForm(request, context.maxBodyBytes);
      const images = await form.files('image');
      if (images.length === 0) {
        throw new HttpError(400, 'FIELD_MISSING', 'the body has no file image', { hint: 'curl -F image=@photo.png' });
      }
      return { recipe: await readRecipe(form), images: imageNames(images) };
    },
    run: async ({ recipe, images }, signal, send) => {
      const results: RecipeResult[] = [];
      for (const [index, { name, data }] of images.entries()) {
        results.push(await runUpload(recipe, { name, source: data, index }, { ...context, signal }));
        send('progress', { stage: 'done', done: index + 1, total: images.length });
      }
      return results;
    },
    answer: (results) => answerFiles(request, results),
    event: describeWithData,
  });
}

/** `POST /v1/sessions/{id}/run`: a recipe on an open image. */
export function runSessionRoute(
  request: Request,
  context: ServerContext,
  { name, session }: OpenImage,
): Promise<Response> {
  return doWork(request, context, {
    read: async () => readRecipe(await readForm(request, context.maxBodyBytes)),
    run: async (recipe, signal) => [
      await runUpload(recipe, { name, source: session.image, index: 0 }, { ...context, signal }),
    ],
    answer: (results) => answerFiles(request, results),
    event: describeWithData,
  });
}

/** `POST /v1/sessions/{id}/check`: what a target would say of the files. */
export function checkRoute(request: Request, context: ServerContext, { name, session }: OpenImage): Promise<Response> {
  return doWork(request, context, {
    read: async () => {
      const form = await readForm(request, context.maxBodyBytes);
      return { recipe: await readRecipe(form), target: findTarget(form.text('target') ?? '') };
    },
    run: async ({ recipe, target }, signal) => {
      const result = await runUpload(recipe, { name, source: session.image, index: 0 }, { ...context, signal });
      const open = async (kind: string) => {
        const file = result.files.find((made) => made.kind === kind);
        return file === undefined ? undefined : decodeImage(file.data!, basename(file.path));
      };
      const [image, mask] = await Promise.all([open('image'), open('mask')]);
      const checked = image === undefined ? undefined : checkImages(image, mask, target);
      return { valid: checked?.valid ?? true, findings: checked?.findings ?? [], result: describeResult(result) };
    },
    answer: (report) => Response.json(report),
    event: (report) => report,
  });
}

export async function readRecipe(form: Form): Promise<UploadedRecipe> {
  const [file] = await form.files('recipe');
  const text = form.text('recipe') ?? (file === undefined ? undefined : new TextDecoder().decode(file.data));
  if (text === undefined) {
    throw new HttpError(400, 'FIELD_MISSING', 'the body has no field recipe', { hint: 'curl -F recipe=@recipe.yaml' });
  }
  return { text, files: uniqueNames(await form.files('file')) };
}

/** Images by the last part of their names: they are not paths here. */
function imageNames(files: readonly UploadedFile[]): readonly UploadedFile[] {
  return uniqueNames(files.map(({ name, data }) => ({ name: basename(name.replaceAll('\\', '/')) || 'image', data })));
}

/** Throws 400 where two files have one name. */
function uniqueNames(files: readonly UploadedFile[]): readonly UploadedFile[] {
  const names = files.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new HttpError(400, 'FIELD_TWICE', `two files are named ${JSON.stringify(twice)}`);
  }
  return files;
}

/** A result as data, without its files' content. */
export function describeResult({ files, ...result }: RecipeResult) {
  return { ...result, files: files.map(({ kind, path, data }) => ({ kind, path, bytes: data?.byteLength ?? 0 })) };
}

function describeWithData(results: readonly RecipeResult[]) {
  return {
    results: results.map((result) => ({
      ...describeResult(result),
      files: result.files.map(({ kind, path, data }) => ({
        kind,
        path,
        bytes: data!.byteLength,
        data: Buffer.from(data!).toString('base64'),
      })),
    })),
  };
}

function answerFiles(request: Request, results: readonly RecipeResult[]): Response {
  const report = JSON.stringify({ results: results.map(describeResult) });
  const files = results.flatMap((result) => result.files.map(({ path, data }) => ({ name: path, data: data! })));
  if ((request.headers.get('accept') ?? '').includes('application/zip')) {
    const archive = packZip([...files, { name: 'report.json', data: new TextEncoder().encode(`${report}\n`) }]);
    return new Response(archive, {
      headers: { 'content-type': 'application/zip', 'content-disposition': 'attachment; filename="maskwright.zip"' },
    });
  }
  const form = new FormData();
  form.append('report', new Blob([report], { type: 'application/json' }), 'report.json');
  for (const { name, data } of files) {
    form.append('file', new Blob([new Uint8Array(data)]), name);
  }
  return new Response(form);
}
