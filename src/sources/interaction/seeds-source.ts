import { z } from 'zod';
import { type Bounds, invertMask, readScribble, type SeedPoint } from '../../engine/index.js';
import { MaskwrightError } from '../../errors.js';
import { decodeImage } from '../../io/image/decode-image.js';
import { assertSameSize, type Size } from '../../raster/index.js';
import { checked, text } from '../schema-fields.js';
import { SEGMENTERS } from './segmenter.js';
import { type SourceFields, sourceFields, type SourceModule } from '../source.js';

/** The thing that points, boxes and strokes are on; found by colors and contrasts, without a model. */
export interface SeedsSource extends SourceFields {
  readonly kind: 'seeds';
  /** `x,y`, and `x,y,-` where the thing is not; in pixels or percent of the image. */
  readonly points?: readonly string[] | undefined;
  /** `x,y,width,height`. */
  readonly boxes?: readonly string[] | undefined;
  /** A drawing of the image's size: green strokes on the thing, red ones elsewhere. */
  readonly scribble?: string | undefined;
}

export const seedsSource = {
  schema: ({ path }) =>
    z
      .strictObject({
        kind: z.literal('seeds'),
        points: z
          .array(checked(text(), parsePoint))
          .optional()
          .describe('x,y on the thing, x,y,- beside it; in pixels, or with % of width and height'),
        boxes: z.array(checked(text(), parseBox)).optional().describe('x,y,width,height of a box around the thing'),
        scribble: path.optional().describe("a drawing of the image's size: green on the thing, red elsewhere"),
        ...sourceFields(),
      })
      .transform((source) => [source]),
  label: labelOfSeeds,
  files: ({ scribble }) => (scribble === undefined ? [] : [scribble]),
  find: async (sources, image, settings) => {
    const { raster } = await image.decoded();
    const segmenter = await SEGMENTERS.color(image, settings);
    return Promise.all(
      sources.map(async (source) => {
        const { points, boxes, scribble, invert } = source;
        const mask = await segmenter.segment({
          points: points?.map((point) => parsePoint(point)(raster)),
          boxes: boxes?.map((box) => parseBox(box)(raster)),
          scribble: scribble === undefined ? undefined : await openScribble(scribble),
        });
        return {
          label: labelOfSeeds(source),
          mask: invert === true ? invertMask(mask) : mask,
          warnings: [],
          provenance: { points, boxes, scribble, invert },
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

/** A length along one side of an image: a number of pixels, or a percentage of the side. */
type Coordinate = (side: number) => number;

/** Reads `x,y` or `x,y,-`, in pixels or percent. Throws `OPTION_RANGE`. */
export function parsePoint(value: string): (size: Size) => SeedPoint {
  const [x, y, sign, ...rest] = value.split(',').map((part) => part.trim());
  const [atX, atY] = [parseCoordinate(x), parseCoordinate(y)];
  if (atX === undefined || atY === undefined || rest.length > 0 || !['+', '-', undefined].includes(sign)) {
    throw new MaskwrightError('OPTION_RANGE', `${JSON.stringify(value)} is not a point`, {
      hint: 'a point is x,y in pixels or percent: 120,80 or 50%,40%; x,y,- is a point beside the thing',
    });
  }
  return ({ width, height }) => ({ x: atX(width), y: atY(height), include: sign !== '-' });
}

/** Reads `x,y,width,height`, in pixels or percent. Throws `OPTION_RANGE`. */
export function parseBox(value: string): (size: Size) => Bounds {
  const parts = value.split(',').map((part) => parseCoordinate(part.trim()));
  const [x, y, width, height] = parts;
  if (parts.length !== 4 || x === undefined || y === undefined || width === undefined || height === undefined) {
    throw new MaskwrightError('OPTION_RANGE', `${JSON.stringify(value)} is not a box`, {
      hint: 'a box is x,y,width,height in pixels or percent: 40,60,200,150 or 10%,20%,50%,50%',
    });
  }
  return (size) => ({
    x: x(size.width),
    y: y(size.height),
    width: width(size.width),
    height: height(size.height),
  });
}

function parseCoordinate(value: string | undefined): Coordinate | undefined {
  const [, digits, unit] = /^(-?(?:\d+\.?\d*|\.\d+))(px|%)?$/.exec(value ?? '') ?? [];
  if (digits === undefined) {
    return undefined;
  }
  const amount = Number(digits);
  return (side) => (unit === '%' ? (amount / 100) * side : amount);
}
