import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { writeFiles } from '../../io/files/write-files.js';
import { stemOf } from '../../io/files/output-names.js';
import { provenanceText } from '../../io/image/provenance.js';
import { type DepthImage, makeDepthImages, makeTestImage } from '../../outputs/depth/depth-images.js';
import { type DepthOutput, imagesOf } from '../../outputs/depth/depth-output.js';
import { writeDepthSplitPlan } from '../../sources/depth/depth-split-plan.js';
import type { ShellEffect } from './commands.js';
import type { ShellState } from './state.js';

/** Where the files of a shell go, and what they show. */
export interface ShellFilesOptions {
  /** The map that is worked on. */
  readonly input: string;
  /** Folder for files that are not named. */
  readonly outdir: string;
  readonly output: DepthOutput;
}

type FileEffect = Exclude<ShellEffect, { kind: 'quit' }>;

/** The endings of the images, which are not repeated. */
const KIND = /\.(depth|test|mask|regions)$/i;

/**
 * Writes what a command of the depth shell asks for, and returns the paths. The ending of a named file is replaced,
 * whatever it is, as daz_depthmap_processor does: `write comp.x` writes comp.depth.png.
 */
export async function writeShellFiles(
  effect: FileEffect,
  { map, plan }: ShellState,
  options: ShellFilesOptions,
): Promise<string[]> {
  const { input, output } = options;
  const images = { ...imagesOf(output), compress: plan.compress };
  const text = provenanceText({ splits: plan.splits, ...images });
  const writing = {
    inputs: [input],
    keepExisting: effect.kind !== 'preview' && output.keepExisting && !effect.force,
  };
  if (effect.kind === 'save') {
    await writeFiles([{ path: effect.file, data: writeDepthSplitPlan(plan) }], writing);
    return [effect.file];
  }
  if (effect.kind === 'preview') {
    const folder = await mkdtemp(join(tmpdir(), 'maskwright-preview-'));
    const pathOf = (kind: DepthImage): string => join(folder, `${stemOf(input)}.${kind}.png`);
    const { files } = makeDepthImages(map, plan.splits, images, { pathOf, text });
    await writeFiles(files);
    return files.map(({ path }) => path);
  }
  const stub =
    effect.file === undefined
      ? join(options.outdir, stemOf(input))
      : join(dirname(effect.file), parse(effect.file).name.replace(KIND, ''));
  const pathOf = (kind: DepthImage): string => `${stub}.${kind}.png`;
  const files =
    effect.kind === 'test'
      ? [makeTestImage(map, plan.splits, images, pathOf('test'))]
      : makeDepthImages(map, plan.splits, images, { pathOf, text }).files;
  await writeFiles(files, writing);
  return files.map(({ path }) => path);
}
