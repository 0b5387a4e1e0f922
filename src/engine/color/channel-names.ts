import { MaskwrightError } from '../../errors.js';

/**
 * The channels that become masks, by plain name, with the name LayerMask's ImageToMask node gives them.
 * The order is that node's.
 */
export const CHANNELS = {
  'lab.l': 'L(LAB)',
  'lab.a': 'A(Lab)',
  'lab.b': 'B(Lab)',
  'rgb.r': 'R(RGB)',
  'rgb.g': 'G(RGB)',
  'rgb.b': 'B(RGB)',
  alpha: 'alpha',
  'yuv.y': 'Y(YUV)',
  'yuv.u': 'U(YUV)',
  'yuv.v': 'V(YUV)',
  'hsv.h': 'H(HSV)',
  'hsv.s': 'S(HSV)',
  'hsv.v': 'V(HSV)',
} as const;

/** The plain name of a channel. */
export type ChannelName = keyof typeof CHANNELS;

/** Every `ChannelName`, in the order of `CHANNELS`. */
export const CHANNEL_NAMES = Object.keys(CHANNELS) as readonly ChannelName[];

/** Other words for the same channels. A letter alone is left out where two spaces have it. */
const SYNONYMS: Readonly<Record<string, ChannelName>> = {
  a: 'alpha',
  transparency: 'alpha',
  luma: 'yuv.y',
  y: 'yuv.y',
  cb: 'yuv.u',
  cr: 'yuv.v',
  u: 'yuv.u',
  lightness: 'lab.l',
  l: 'lab.l',
  red: 'rgb.r',
  r: 'rgb.r',
  green: 'rgb.g',
  g: 'rgb.g',
  blue: 'rgb.b',
  hue: 'hsv.h',
  h: 'hsv.h',
  saturation: 'hsv.s',
  s: 'hsv.s',
  value: 'hsv.v',
};

/**
 * The channel that `text` names: `hsv.s`, `S(HSV)` (also without its closing bracket, as the node spells it),
 * `luma`, `saturation`; upper and lower case alike. Throws `USAGE` for anything else.
 */
export function parseChannel(text: string): ChannelName {
  const wanted = text.trim().toLowerCase();
  const byName = CHANNEL_NAMES.find((name) => name === wanted);
  if (byName !== undefined) {
    return byName;
  }
  const node = /^([a-z])\(([a-z]+)\)?$/.exec(wanted);
  const byNodeName = node && CHANNEL_NAMES.find((name) => name === `${node[2]}.${node[1]}`);
  if (byNodeName) {
    return byNodeName;
  }
  if (Object.hasOwn(SYNONYMS, wanted)) {
    return SYNONYMS[wanted]!;
  }
  throw new MaskwrightError('USAGE', `there is no channel ${JSON.stringify(text)}`, {
    hint: `channels are ${CHANNEL_NAMES.join(' ')}, or as in ${Object.values(CHANNELS).join(' ')}`,
  });
}
