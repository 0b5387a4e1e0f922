import { z } from 'zod';
import { type DepthEnd, parseDepthEnd } from '../depth/select-depth.js';
import { parseChannel } from '../engine/color/channel-names.js';
import { parseColor } from '../engine/color/chroma-key.js';
import type { MaskSource } from './sources.js';
import { textSources } from './text-prompts.js';
import { checked, flag, number, text, threshold } from '../recipe/fields.js';

/** Where a mask comes from. A prompt with `;` in it is several sources. */
export function sourceSchema(path: z.ZodType<string, string>) {
  return z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('text'),
        prompt: checked(text(), textSources).describe('what to look for: hair, "face AND NOT hair", sky{+12px}'),
        threshold: threshold().optional().describe('probability from which a pixel is selected, for this prompt'),
        invert: flag().optional().describe('select what it does not select'),
      }),
      z.strictObject({
        kind: z.literal('file'),
        path: path.describe('a mask file, white = selected'),
        invert: flag().optional(),
      }),
      z.strictObject({
        kind: z.literal('channel'),
        channel: checked(text(), parseChannel).describe('a channel of the image: hsv.s, lab.a, luma, alpha'),
        normalize: z.enum(['clip', 'off']).optional(),
        invert: flag().optional(),
      }),
      z.strictObject({
        kind: z.literal('key'),
        color: checked(text(), parseColor).describe('what has this color: #00ff00'),
        tolerance: number(0, 100).optional(),
        softness: number(0, 100).optional(),
        invert: flag().optional(),
      }),
      z.strictObject({
        kind: z.literal('depth'),
        path: path.describe('a depth map; {stem} stands for the name of each image'),
        near: checked(text(), parseDepthEnd).optional().describe('2.5 (as in the file), 20% (of the pixels), a split'),
        far: checked(text(), parseDepthEnd).optional(),
        channel: text().optional().describe('which channel of an EXR file'),
        depthNear: z.enum(['small', 'large']).optional().describe('which values of the file are near'),
        recipe: path.optional().describe('a recipe of the depth command, whose splits have names'),
        invert: flag().optional(),
      }),
    ])
    .transform((source): MaskSource[] => {
      switch (source.kind) {
        case 'text':
          return textSources(source.prompt, { threshold: source.threshold, invert: source.invert ?? false });
        case 'channel':
          return [{ ...source, channel: parseChannel(source.channel) }];
        case 'key':
          return [{ ...source, color: parseColor(source.color) }];
        case 'depth': {
          const { near, far } = source;
          return [{ ...source, near: endOf(near), far: endOf(far) }];
        }
        case 'file':
          return [source];
      }
    });
}

function endOf(text: string | undefined): DepthEnd | undefined {
  return text === undefined ? undefined : parseDepthEnd(text);
}
