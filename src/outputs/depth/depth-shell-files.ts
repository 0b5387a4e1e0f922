import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { ShellEffect } from '../../cli/depth-shell/commands.js';
import type { ShellState } from '../../cli/depth-shell/state.js';
import { writeFiles } from '../../io/files/write-files.js';
import { type DepthImage, type DepthImageOptions, makeDepthImages, makeTestImage } from './depth-images.js';
import { writeDepthSplitPlan } from '../../sources/depth/depth-split-plan.js';
import { stemOf } from '../../io/files/output-names.js';
import { type Provenance, provenanceText } from '../../io/image/provenance.js';

export interface ShellFilesOptions {
  /** The map that is worked on; files go beside it unless they are named. */
  readonly input: string;
  /** Folder for files that are not named, instead. */
  readonly outdir: string;
  readonly images: DepthImageOptions;
  /** Replace files that exist without being told so each time. */
  readonly force: boolean;
  readonly provenance: Provenance;
}

type FileEffect = Exclude<ShellEffect, { kind: 'quit' }>;

/** Endings that are taken off a file's name before those of the images are put on. */
const ENDINGS = /(\.(depth|test|mask|regions))?\.(exr|pfm|png|tiff?)$/i;

/** Writes what a command of the depth shell asks for, and gives back the names of the files. */
export async function writeShellFiles(
  effect: FileEffect,
  { map, plan }: ShellState,
  options: ShellFilesOptions,
): Promise<string[]> {
  const { input } = options;
  const images = { ...options.images, compress: plan.compress };
  const text = provenanceText({ ...options.provenance, splits: plan.splits, ...images });
  const writing = {
    inputs: [input],
    keepExisting: effect.kind !== 'preview' && !options.force && !effect.force,
  };
  if (effect.kind === 'save') {
    await writeFiles([{ path: effect.file, data: writeDepthSplitPlan(plan) }], writing);
    return [effect.file];
  }
  if (effect.kind === 'preview') {
    const folder = await mkdtemp(join(tmpdir(), 'maskwright-preview-'));
    const pathOf = (kind: DepthImage): string => join(folder, `${stemOf(input)}.${kind}.png`);
    const { files } = await makeDepthImages(map, plan.splits, images, { pathOf, text });
    await writeFiles(files);
    return files.map(({ path }) => path);
  }
  const stub =
    effect.file === undefined
      ? join(options.outdir, stemOf(input))
      : join(dirname(effect.file), basename(effect.file).replace(ENDINGS, ''));
  const pathOf = (kind: DepthImage): string => `${stub}.${kind}.png`;
  const files =
    effect.kind === 'test'
      ? [await makeTestImage(map, plan.splits, images, pathOf('test'))]
      : (await makeDepthImages(map, plan.splits, images, { pathOf, text })).files;
  await writeFiles(files, writing);
  return files.map(({ path }) => path);
}
