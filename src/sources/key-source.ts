import { z } from 'zod';
import { chromaKey, type ChromaKeyOptions, parseColor, type Rgb } from '../engine/color/chroma-key.js';
import { invertMask } from '../engine/index.js';
import { checked, number, text } from './schema-fields.js';
import { type SourceFields, sourceFields, type SourceModule } from './source.js';

/** What has a color. */
export interface KeySource extends SourceFields, ChromaKeyOptions {
  readonly kind: 'key';
  readonly color: Rgb;
  /** Another image of the same size whose color it is. */
  readonly image?: string | undefined;
}

export const keySource = {
  schema: ({ path }) =>
    z
      .strictObject({
        kind: z.literal('key'),
        color: checked(text(), parseColor).describe('the color to select: #00ff00'),
        tolerance: number(0, 100).optional().describe('distance from the color, in percent'),
        softness: number(0, 100).optional().describe('further distance over which the selection fades, in percent'),
        image: path.optional().describe('another image of the same size whose color it is'),
        ...sourceFields(),
      })
      .transform((source) => [{ ...source, color: parseColor(source.color) }]),
  label: ({ color }) => formatColor(color),
  files: ({ image }) => (image === undefined ? [] : [image]),
  find: async (sources, image) => {
    const { raster } = await image.decoded();
    return sources.map((source) => {
      const { color, tolerance, softness, invert } = source;
      const mask = chromaKey(raster, color, { tolerance, softness });
      return {
        label: formatColor(color),
        mask: invert === true ? invertMask(mask) : mask,
        warnings: [],
        provenance: { color: formatColor(color), tolerance, softness, invert },
      };
    });
  },
} satisfies SourceModule<KeySource>;

function formatColor(color: Rgb): string {
  return `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
