import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { joinOutputPath } from '../io/files/output-path.js';
import { writeFiles } from '../io/files/write-files.js';
import { runUpload, type RunUploadOptions, type UploadedRecipe } from './run-upload.js';
import type { StudioImage, StudioOptions } from './server-options.js';
import type { OpenImage } from './session-store.js';

/** What became of an image in a review. */
export type ReviewState = 'open' | 'accepted' | 'rejected';

/** The images that the studio was started with, and the folder that results are saved in. */
export interface StudioFolder {
  readonly image: (id: number) => StudioImage | undefined;
  readonly list: () => {
    readonly images: readonly {
      readonly id: number;
      /** As a command names it. */
      readonly name: string;
      /** Folder that its results are saved in. */
      readonly outdir: string;
      readonly state: ReviewState;
    }[];
  };
  /** Runs a recipe on one of the images, writes its files into the folder, and marks the image as accepted. */
  readonly save: (opened: OpenImage, recipe: UploadedRecipe, options: RunUploadOptions) => Promise<SavedFiles>;
  /** Marks an image, and writes the list of what was accepted and rejected. */
  readonly mark: (id: number, state: ReviewState) => Promise<void>;
}

export interface SavedFiles {
  readonly files: readonly { readonly kind: string; readonly path: string }[];
  readonly warnings: readonly string[];
}

export function openStudioFolder({ images, outdir, acceptList }: StudioOptions): StudioFolder {
  const states = images.map((): ReviewState => 'open');
  const inputs = images.map(({ path }) => path);
  const named = (state: ReviewState): string[] => inputs.filter((_, i) => states[i] === state).map(nameHere);
  const mark = async (id: number, state: ReviewState): Promise<void> => {
    states[id] = state;
    if (acceptList !== undefined) {
      const list = { accepted: named('accepted'), rejected: named('rejected'), open: named('open') };
      await writeFiles([{ path: acceptList, data: `${JSON.stringify(list, null, 2)}\n` }], { inputs });
    }
  };
  return {
    image: (id) => images[id],
    list: () => ({
      images: images.map(({ path, folder }, id) => ({
        id,
        name: nameHere(path),
        outdir: joinOutputPath(outdir, folder),
        state: states[id]!,
      })),
    }),
    save: async ({ imageId, session }, recipe, options) => {
      const { path, folder } = images[imageId!]!;
      const own = joinOutputPath(outdir, folder);
      const image = { name: path, source: session.image, index: imageId! };
      const { files, warnings } = await runUpload(recipe, image, { ...options, outdir: own });
      // What the recipe reads and the page made stands beside the results, so that it can be run again.
      const beside = recipe.files.map(({ name, data }) => ({
        kind: 'retouch',
        path: joinOutputPath(own, relative(own, name)),
        data,
      }));
      const written = [...files.map(({ kind, path, data }) => ({ kind, path, data: data! })), ...beside];
      await writeFiles(written, { inputs });
      await mark(imageId!, 'accepted');
      return { files: written.map(({ kind, path }) => ({ kind, path: nameHere(path) })), warnings };
    },
    mark,
  };
}

/** A path as one types it in the working folder; of a file elsewhere only its name and the name of its folder. */
function nameHere(path: string): string {
  const inside = relative(process.cwd(), resolve(path));
  if (!inside.startsWith('..') && !isAbsolute(inside)) {
    return inside === '' ? '.' : inside;
  }
  return isAbsolute(path) ? relative(dirname(dirname(path)), path) : path;
}
