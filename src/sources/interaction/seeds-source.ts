import { z } from 'zod';
import { invertMask, readScribble } from '../../engine/index.js';
import { MaskwrightError } from '../../errors.js';
import { decodeImage } from '../../io/image/decode-image.js';
import { assertSameSize } from '../../raster/index.js';
import { readMaskFile } from '../file-source.js';
import { checked, text } from '../schema-fields.js';
import { parseBox, parsePoint } from './parse-seeds.js';
import { COLOR_SEGMENTER, openSegmenter } from './segmenter.js';
import { type SourceFields, sourceFields, type SourceModule } from '../source.js';

/** The thing that points, boxes and strokes are on; found by colors and contrasts, or by a promptable model. */
export interface SeedsSource extends SourceFields {
  readonly kind: 'seeds';
  /** `x,y`, and `x,y,-` where the thing is not; in pixels or percent of the image. */
  readonly points?: readonly string[] | undefined;
  /** `x,y,width,height`. */
  readonly boxes?: readonly string[] | undefined;
  /** A drawing of the image's size: green strokes on the thing, red ones elsewhere. */
  readonly scribble?: string | undefined;
  /** An earlier mask of the thing, as a hint to a promptable model whose graph takes one. */
  readonly maskPrompt?: string | undefined;
  /** Another image of the same size that it is found in. */
  readonly image?: string | undefined;
}

export const seedsSource = {
  schema: ({ path }) =>
    z
      .strictObject({
        kind: z.literal('seeds'),
        points: z
          .array(checked(text(), parsePoint))
          .optional()
          .describe('x,y on the thing, x,y,- outside it; in pixels, or with % of width and height'),
        boxes: z.array(checked(text(), parseBox)).optional().describe('x,y,width,height of a box around the thing'),
        scribble: path.optional().describe("a drawing of the image's size: green on the thing, red elsewhere"),
        maskPrompt: path
          .optional()
          .describe('an earlier mask of the thing, as a hint to a segmenter that takes one (SAM)'),
        image: path.optional().describe('another image of the same size that it is found in'),
        ...sourceFields(),
      })
      .transform((source) => [source]),
  label: labelOfSeeds,
  files: ({ scribble, maskPrompt, image }) => [scribble, maskPrompt, image].filter((path) => path !== undefined),
  find: async (sources, image, settings) => {
    const { raster } = await image.decoded();
    const segmenter = await openSegmenter(image, settings);
    const { segmenter: name = COLOR_SEGMENTER, maskIndex } = settings;
    const model = name === COLOR_SEGMENTER ? {} : { segmenter: name, maskIndex };
    return Promise.all(
      sources.map(async (source) => {
        const { points, boxes, scribble, maskPrompt, invert } = source;
        if (maskPrompt !== undefined && name === COLOR_SEGMENTER) {
          throw new MaskwrightError('USAGE', 'the segmenter color takes no earlier mask', {
            hint: 'name a model that does: --segmenter with a SAM; -m adds a mask to the selection',
          });
        }
        const hint = maskPrompt === undefined ? undefined : await readMaskFile({ path: maskPrompt }, image, settings);
        const seeds = {
          points: points?.map((point) => parsePoint(point)(raster)),
          boxes: boxes?.map((box) => parseBox(box)(raster)),
          scribble: scribble === undefined ? undefined : await openScribble(scribble),
          mask: hint?.mask,
        };
        const mask = await segmenter.segment(seeds);
        return {
          label: labelOfSeeds(source),
          mask: invert === true ? invertMask(mask) : mask,
          warnings: [...(hint?.warnings ?? []), ...(segmenter.warningsOf?.(seeds) ?? [])],
          provenance: { points, boxes, scribble, maskPrompt, invert, ...model },
        };
      }),
    );
    async function openScribble(path: string) {
      const drawing = await decodeImage(await settings.read(path), path);
      assertSameSize(
        `the scribble ${path}`,
        drawing.raster,
        `the image ${image.name}`,
        raster,
        'draw on a copy of the image',
      );
      const strokes = readScribble(drawing.raster);
      if (!strokes.data.includes(1)) {
        throw new MaskwrightError('INPUT_FORMAT', `${path} has no green stroke`, {
          hint: 'draw on the thing in green (#00ff00), and in red (#ff0000) where it is not',
        });
      }
      return strokes;
    }
  },
} satisfies SourceModule<SeedsSource>;

function labelOfSeeds({ points = [], boxes = [], scribble }: SeedsSource): string {
  return scribble !== undefined ? 'scribble' : boxes.length > 0 ? 'box' : points.length > 1 ? 'points' : 'point';
}
