import { compositeRasters, invertMask } from '../../engine/index.js';
import { drawSelection } from '../../engine/draw-selection.js';
import { type DecodedImage, decodeImage } from '../../io/decode-image.js';
import { encodeImage, formatForPath } from '../../io/encode-image.js';
import type { OutputFile } from '../../io/write-files.js';
import { heatmapToMask, type Mask, multiplyAlpha, type Raster } from '../../raster/index.js';
import { cutHoles, requireEqual } from '../inpaint-job.js';
import type { NamingOptions } from '../output-names.js';
import { outputPath } from '../output-names.js';
import { labelOf } from '../source-names.js';
import type { FoundMask } from '../sources.js';
import { type Story, storyText } from '../story.js';
import type { Recipe, RecipeOutput } from './schema.js';

/** A file that a recipe makes of one picture. */
export interface PlannedFile {
  /** What it is: `mask`, `selected`, `inpaint` ... */
  readonly kind: string;
  readonly path: string;
}

/** Where a picture's files go: its folder, and its stem. */
export interface PictureNaming {
  readonly outdir: string;
  readonly stem: string;
}

/** One picture with what was found in it. */
export interface FoundPicture {
  readonly image: DecodedImage;
  readonly found: readonly FoundMask[];
  /** All of it combined and shaped. */
  readonly mask: Mask;
  /** As `mask` was shaped. */
  readonly shape: (mask: Mask) => Mask;
  readonly story: Story;
}

/** A file's pixels, encoded, and how to be sure of them once they are on the disk. */
export interface RenderedFile extends PlannedFile, OutputFile {
  readonly data: Uint8Array;
}

type OutputOf<Kind extends RecipeOutput['kind']> = Extract<RecipeOutput, { kind: Kind }>;

interface Renderer<Output> {
  /** The files, known before anything is read. */
  readonly plan: (output: Output, recipe: Recipe, naming: PictureNaming) => PlannedFile[];
  readonly render: (output: Output, picture: FoundPicture, files: readonly PlannedFile[]) => Promise<RenderedFile[]>;
}

const mask: Renderer<OutputOf<'mask'>> = {
  plan: planOne,
  render: async (_, { mask, story }, [file]) => [await encode(file!, mask, undefined, story)],
};

const debug: Renderer<OutputOf<'debug'>> = {
  plan: (output, recipe, naming) =>
    recipe.sources.flatMap((source) =>
      [
        'selected',
        'deselected',
        'masked',
        ...(output.overlay ? ['overlay'] : []),
        ...(output.heatmap && source.kind === 'text' ? ['heatmap'] : []),
      ].map((kind) => ({ kind, path: pathOf(output.name, kind, labelOf(source), naming) })),
    ),
  render: async (output, { image, found, shape, story }, files) => {
    const rendered: Promise<RenderedFile>[] = [];
    let next = 0;
    for (const item of found) {
      const shaped = shape(item.mask);
      const soft = output.hard || item.heatmap === undefined ? shaped : heatmapToMask(item.heatmap);
      const pictures: (Raster | Mask)[] = [
        multiplyAlpha(image.raster, soft),
        multiplyAlpha(image.raster, invertMask(soft)),
        shaped,
        ...(output.overlay ? [drawSelection(image.raster, shaped)] : []),
        ...(output.heatmap && item.heatmap !== undefined ? [heatmapToMask(item.heatmap)] : []),
      ];
      for (const picture of pictures) {
        rendered.push(encode(files[next++]!, picture, image, { ...story, ...item.story }));
      }
    }
    return Promise.all(rendered);
  },
};

const inpaint: Renderer<OutputOf<'inpaint'>> = {
  plan: planOne,
  render: async ({ opacity }, { image, mask, story }, [file]) => {
    const holed = cutHoles(image.raster, mask, opacity);
    const rendered = await encode(file!, holed, image, story);
    return [{ ...rendered, verify: (temporary) => requireEqual(temporary, holed, file!.path) }];
  },
};

const composite: Renderer<OutputOf<'composite'>> = {
  plan: planOne,
  render: async ({ overlay, blend, opacity }, { image, mask, story }, [file]) => {
    const { raster } = await decodeImage(overlay);
    const composed = compositeRasters(image.raster, raster, { mask, blend, opacity });
    return [await encode(file!, composed, image, { ...story, overlay })];
  },
};

const RENDERERS: { readonly [Kind in RecipeOutput['kind']]: Renderer<OutputOf<Kind>> } = {
  mask,
  debug,
  inpaint,
  composite,
};

/** The files that a recipe makes of one picture, output by output. Throws `USAGE` for a bad name. */
export function planOutputs(recipe: Recipe, naming: PictureNaming): PlannedFile[][] {
  return recipe.outputs.map((output) => rendererOf(output).plan(output, recipe, naming));
}

/** The same files, encoded. */
export async function renderOutputs(
  recipe: Recipe,
  picture: FoundPicture,
  naming: PictureNaming,
): Promise<RenderedFile[]> {
  const plans = planOutputs(recipe, naming);
  const rendered: RenderedFile[] = [];
  for (const [i, output] of recipe.outputs.entries()) {
    rendered.push(...(await rendererOf(output).render(output, picture, plans[i]!)));
  }
  return rendered;
}

/** Files that outputs read, beside the picture. */
export function filesOfOutputs(recipe: Recipe): string[] {
  return recipe.outputs.flatMap((output) => (output.kind === 'composite' ? [output.overlay] : []));
}

function rendererOf(output: RecipeOutput): Renderer<RecipeOutput> {
  return RENDERERS[output.kind] as Renderer<RecipeOutput>;
}

function planOne(
  output: { readonly kind: string; readonly name: string },
  recipe: Recipe,
  naming: PictureNaming,
): PlannedFile[] {
  const { kind, name } = output;
  return [{ kind, path: pathOf(name, kind, recipe.sources.map(labelOf).join(' + '), naming) }];
}

function pathOf(name: string, kind: string, text: string, { outdir, stem }: PictureNaming): string {
  const naming: NamingOptions = { outdir, name };
  return outputPath(naming, { stem, text, kind, ext: 'png' });
}

async function encode(
  file: PlannedFile,
  picture: Raster | Mask,
  image: DecodedImage | undefined,
  story: Story,
): Promise<RenderedFile> {
  const icc = picture.kind === 'raster' ? image?.icc : undefined;
  const data = await encodeImage(picture, { format: formatForPath(file.path), icc, text: storyText(story) });
  return { ...file, data };
}
