import * as api from '../net/api-client.js';
import { toCommand } from './to-command.js';
import { toRecipe, type ToRecipeOptions } from './to-recipe.js';
import { stringify } from './write-yaml.js';
import * as store from './store.js';

/** The recipe of what is shown, as the server runs it on the open image. */
function recipeForServer() {
  const outdir = store.outdirOf(store.image.value!);
  return toRecipe(store.doc.value, { retouch: store.retouchNames(), outdir });
}

function optionsForShell(): ToRecipeOptions & { readonly input: string } {
  const opened = store.image.value!;
  const served = store.servedModel.value;
  return {
    input: opened.path,
    retouch: store.retouchNames(),
    outdir: store.outdirOf(opened),
    model: served === 'clipseg' ? undefined : served,
  };
}

/** One command line that writes the same files. */
export function commandText(): string {
  return `${toCommand(store.doc.value, optionsForShell())}\n`;
}

/** A recipe that writes the same files with `maskwright run`. */
export function recipeText(): string {
  return stringify(toRecipe(store.doc.value, optionsForShell()));
}

/** Copies text; where the browser refuses, offers it as a file. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    store.notify(`${what} copied`);
  } catch {
    download(new Blob([text], { type: 'text/plain' }), `${what.toLowerCase()}.txt`);
  }
  if (store.doc.value.strokes.length > 0) {
    // The text names these files; an image that the server knows has them saved with its results.
    if (store.image.value!.listed === undefined) {
      for (const { name, data } of await store.retouchFiles()) {
        download(data, name);
      }
    } else {
      store.notify('The painted corrections are saved with the results: use Save first');
    }
  }
}

export function download(data: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(data);
  link.download = name.split('/').at(-1)!;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Downloads what the export makes: one file as it is, several as an archive. */
export async function downloadResult(): Promise<void> {
  const files = await store.retouchFiles();
  const made = await store.inSession((session) => api.runRecipe(session, recipeForServer(), files));
  if (made.files.length === 1) {
    download(made.files[0]!.data, made.files[0]!.name);
  } else {
    const archive = await store.inSession((session) => api.runZip(session, recipeForServer(), files));
    download(archive, `${store.image.value!.name.replace(/\.[^.]+$/, '')}.zip`);
  }
  for (const warning of made.warnings) {
    store.notify(warning);
  }
}

/** Writes the files into the studio's folder, and accepts the image. */
export async function saveResult(): Promise<readonly string[]> {
  const files = await store.retouchFiles();
  const saved = await store.inSession((session) => api.saveResult(session, recipeForServer(), files));
  const { images } = await api.listImages();
  store.images.value = images;
  saved.warnings.forEach((warning) => store.notify(warning));
  return saved.files.map(({ path }) => path);
}

/** What the target would say of the files. The server stops where it is aborted. */
export async function checkResult(signal: AbortSignal) {
  const { output } = store.doc.value;
  const files = await store.retouchFiles();
  return store.inSession((session) => api.checkResult(session, recipeForServer(), files, output.target, signal));
}

/** Puts a painted crop into the image, and shows it. */
export async function stitchPainted(painted: File): Promise<void> {
  const { output } = store.doc.value;
  const recipe = {
    ...recipeForServer(),
    outputs: [{ kind: 'crop', context: output.context, ...(output.size > 0 ? { size: output.size } : {}) }],
  };
  const files = await store.retouchFiles();
  const crop = await store.inSession((session) => api.runRecipe(session, recipe, files));
  const named = (ending: string): Blob => crop.files.find(({ name }) => name.endsWith(ending))!.data;
  const result = await store.inSession((session) =>
    api.stitch(session, painted, named('.crop.json'), named('.crop.stitch.png')),
  );
  store.stitched.value = await createImageBitmap(result);
  store.view.value = 'compare';
  store.notify('The painted crop is in place: compare before and after');
}

/** Opens a recipe: its prompts and operations become layers and sliders. */
export async function openRecipe(file: File): Promise<void> {
  const [data, { fromRecipe }] = await Promise.all([
    file.text().then((text) => api.parseRecipe(text)),
    import('./from-recipe.js'),
  ]);
  const { document, skipped } = fromRecipe(data);
  store.edit(() => document);
  if (skipped.length > 0) {
    store.notify(`Not shown here: ${skipped.join(', ')}`, 'error');
  }
}
