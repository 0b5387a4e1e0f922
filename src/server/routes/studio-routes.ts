import { z } from 'zod';
import { sharp } from '../../io/image/sharp.js';
import { readInput } from '../../io/files/read-input.js';
import { parseRecipe } from '../../recipe/read-recipe.js';
import { resolveRecipe } from '../../recipe/resolve-recipe.js';
import { declaredVariables, imageVariables } from '../../recipe/variables.js';
import { stateRequest } from '../api-schemas.js';
import { HttpError } from '../http/http-error.js';
import { readForm, readJson } from '../http/read-form.js';
import type { ServerContext } from '../server-context.js';
import type { OpenImage } from '../session-store.js';
import type { StudioFolder } from '../studio-folder.js';
import { readRecipe } from './run-route.js';
import { doWork } from './work.js';

const THUMBNAIL_SIDE = 192;
const MAX_JSON_BYTES = 4096;
const MAX_RECIPE_BYTES = 1024 * 1024;

/** `GET /v1/images/{id}/thumbnail`. */
export async function thumbnailRoute(context: ServerContext, id: string): Promise<Response> {
  const { path } = imageOf(context, id);
  const bytes = await sharp(await readInput(path))
    .rotate()
    .resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer()
    .catch(() => {
      throw new HttpError(404, 'NO_THUMBNAIL', 'there is no thumbnail of this image');
    });
  return new Response(new Uint8Array(bytes), {
    headers: { 'content-type': 'image/webp', 'cache-control': 'no-cache' },
  });
}

/** `POST /v1/sessions/{id}/save`: writes what a recipe makes into the studio's folder, and accepts the image. */
export function saveRoute(request: Request, context: ServerContext, opened: OpenImage): Promise<Response> {
  if (opened.imageId === undefined) {
    throw new HttpError(400, 'NOT_ON_DISK', 'this image was uploaded: its results can be downloaded', {
      hint: 'start the studio with the image to save beside it: maskwright studio photo.png',
    });
  }
  return doWork(request, context, {
    read: async () => readRecipe(await readForm(request, context.maxBodyBytes)),
    run: (recipe, signal) => folderOf(context).save(opened, recipe, { ...context, signal }),
    answer: (saved) => Response.json(saved),
    event: (saved) => saved,
  });
}

/** `PUT /v1/images/{id}/state`: accepts, rejects or reopens an image. */
export async function stateRoute(request: Request, context: ServerContext, id: string): Promise<Response> {
  imageOf(context, id);
  const parsed = stateRequest.safeParse(await readJson(request, MAX_JSON_BYTES));
  if (!parsed.success) {
    throw new HttpError(400, 'BODY_INVALID', z.prettifyError(parsed.error).split('\n')[0]!);
  }
  await folderOf(context).mark(Number(id), parsed.data.state);
  return new Response(null, { status: 204 });
}

/** `POST /v1/recipe`: a recipe's text as data, once it is valid. */
export async function recipeRoute(request: Request): Promise<Response> {
  const parsed = z.strictObject({ recipe: z.string() }).safeParse(await readJson(request, MAX_RECIPE_BYTES));
  if (!parsed.success) {
    throw new HttpError(400, 'BODY_INVALID', 'the body is not {"recipe": "..."}');
  }
  const document = parseRecipe(parsed.data.recipe, 'the recipe', '.');
  resolveRecipe(document, { ...declaredVariables(document, {}), ...imageVariables({ path: 'image' }, 0) });
  return Response.json(document.data);
}

function imageOf(context: ServerContext, id: string) {
  const image = /^\d+$/.test(id) ? context.folder?.image(Number(id)) : undefined;
  if (image === undefined) {
    throw new HttpError(404, 'IMAGE_NOT_FOUND', `there is no image ${JSON.stringify(id)}`);
  }
  return image;
}

function folderOf({ folder }: ServerContext): StudioFolder {
  if (folder === undefined) {
    throw new HttpError(404, 'IMAGE_NOT_FOUND', 'this server was started without images');
  }
  return folder;
}
