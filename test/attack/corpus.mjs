// What the attack starts from: small sound files of each kind, and the ways of breaking them.
// Everything is made from a seed: a case is the same on every machine.
import { readFileSync, readdirSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { seededRandom } from '../support/seeded-random.mjs';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const WIDTH = 24;
export const HEIGHT = 16;

const PROMPTS = [
  'fruit AND NOT (pears OR leaf)',
  'hair@0.6 | "salt and pepper"{+12px}{*1.5}',
  'a - b XOR !c{-1%} ; d & e',
  "dog's nose, café {+5}",
  '@mask.png AND orange',
];

/** Recipes without a network, and one with one. Paths are relative to the recipe. */
const RECIPES = [
  {
    inputs: 'image.png',
    sources: [{ kind: 'key', color: '#5a5a5a', tolerance: 20 }],
    mask: { grow: 1, feather: '2px', invert: true },
    outputs: [
      { kind: 'mask', name: '{stem}.mask.{ext}' },
      { kind: 'inpaint', opacity: 20 },
    ],
  },
  {
    inputs: ['image.png'],
    variables: { which: 'hsv.s', size: 64 },
    sources: [
      { kind: 'channel', channel: '{which}' },
      { kind: 'file', path: 'mask.png' },
    ],
    combine: 'subtract',
    resizeMasks: true,
    // Noise has hundreds of parts, and each may be asked for at 4096 pixels.
    mask: { keepLargest: 2 },
    outputs: [{ kind: 'crop', size: 64, context: 1.5, each: true, target: 'diffusers' }, { kind: 'debug' }],
  },
  {
    inputs: 'image.png',
    sources: [{ kind: 'depth', path: 'depth.png', near: '20%', far: '80%' }],
    mask: [{ threshold: 'otsu', open: 1 }, { removeSmall: '1%' }],
    outputs: [
      { kind: 'composite', overlay: 'mask.png', blend: 'multiply' },
      { kind: 'layers', layers: 3, depth: 'depth.png', feather: 2, fill: 'push-pull' },
      { kind: 'target', target: 'comfyui' },
    ],
  },
];
const PROMPT_RECIPE = {
  model: './model',
  inputs: 'image.png',
  sources: [{ kind: 'prompt', prompt: 'red; dark green AND NOT blue', threshold: 'auto' }],
  outputs: [{ kind: 'mask' }],
};

const TABLE = 'file,words,size\nimage.png,one,1\n"mask.png","two, three",2\r\nholed.png,"a ""b""",3\n';

const DEPTH_RECIPE = {
  maskwright: '0.1.0',
  kind: 'depth-splits',
  compress: false,
  splits: [
    { start: 0, end: 20_000, levels: 100, flags: { region: '1' } },
    { start: 20_000, end: 66_000, levels: 154, flags: {} },
  ],
};

/** Noise as an image of so many channels. */
export function noiseImage(channels, random = seededRandom(channels)) {
  const data = Buffer.from(Uint8Array.from({ length: WIDTH * HEIGHT * channels }, () => random() * 256));
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } });
}

/** Noise in 16 bits and one channel. */
export function noiseDepth() {
  const random = seededRandom(16);
  const samples = Uint16Array.from({ length: WIDTH * HEIGHT }, () => random() * 65536);
  return sharp(samples, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } }).toColourspace('grey16');
}

const text = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value, undefined, 1));

/** Sound files by kind. Those that the commands themselves write (`made`) are given. */
export async function soundFiles(made) {
  const examples = join(ROOT, 'examples/recipes');
  const exrs = join(ROOT, 'test/fixtures/exr');
  const float = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => i / 7);
  const pfm = Buffer.concat([Buffer.from(`Pf\n${WIDTH} ${HEIGHT}\n-1.0\n`), Buffer.from(float.buffer)]);
  const encode = (all) => Promise.all(all.map((image) => image.toBuffer()));
  return {
    png: await encode([
      noiseImage(3).png(),
      noiseImage(4).png(),
      noiseImage(4).png({ palette: true }),
      noiseImage(3).withMetadata({ orientation: 6 }).png({ progressive: true }),
      noiseDepth().png(),
    ]),
    jpeg: await encode([
      noiseImage(3).jpeg(),
      noiseImage(3).jpeg({ progressive: true }),
      noiseImage(3).withMetadata({ orientation: 6 }).jpeg(),
      noiseImage(3).toColourspace('cmyk').jpeg(),
      noiseImage(1).jpeg(),
    ]),
    webp: await encode([noiseImage(4).webp({ lossless: true }), noiseImage(4).webp(), noiseImage(3).webp()]),
    tiff: await encode([
      noiseImage(3).tiff({ compression: 'deflate' }),
      noiseImage(4).tiff({ compression: 'lzw' }),
      noiseImage(3).tiff({ compression: 'jpeg' }),
      noiseImage(3).tiff({ tile: true, tileWidth: 16, tileHeight: 16, pyramid: true }),
      noiseDepth().tiff({ compression: 'none' }),
    ]),
    gif: await encode([noiseImage(4).gif(), noiseImage(3).gif({ interlace: true })]),
    avif: await encode([noiseImage(3).avif({ effort: 0 }), noiseImage(4).avif({ effort: 0, lossless: true })]),
    exr: readdirSync(exrs)
      .filter((name) => name.endsWith('.exr'))
      .map((name) => readFileSync(join(exrs, name))),
    pfm: [pfm],
    yaml: readdirSync(examples)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => readFileSync(join(examples, name))),
    json: RECIPES.map(text),
    'prompt recipe': [text(PROMPT_RECIPE)],
    table: [text(TABLE)],
    prompt: PROMPTS.map(text),
    'crop job': [text(made.job)],
    'depth recipe': [text(DEPTH_RECIPE)],
    'layers listing': [text(made.listing)],
    manifest: [text(made.manifest)],
    heatmap: [made.heatmap],
  };
}

const TEXTUAL = new Set([
  'yaml',
  'json',
  'prompt recipe',
  'table',
  'prompt',
  'crop job',
  'depth recipe',
  'layers listing',
  'manifest',
]);

/** One broken copy of a sound file; text files are broken by the byte, the word or the number. */
export function mutate(kind, bytes, random) {
  if (TEXTUAL.has(kind)) {
    const way = random();
    if (way < 0.3) {
      return mutateBytes(bytes, random);
    }
    const isHostile = way < 0.65;
    return isHostile
      ? mutateWords(bytes.toString(), /"[^"\n]*"|[\w.#%{}/-]+/g, HOSTILE, random)
      : mutateWords(bytes.toString(), /(?<![\w#"'])-?\d+(?:\.\d+)?|true|false/g, NUMBERS, random);
  }
  const broken = mutateBytes(bytes, random);
  // With its checksums right, a broken PNG gets further than to the first of them.
  return kind === 'png' && random() < 0.5 ? mendChecksums(broken) : broken;
}

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff];
const INTERESTING_SIZES = [0, 1, 0x7fffffff, 0xffffffff, 0x80000000, 0x4000, 0xffff];

/** Cut, flipped, overwritten, repeated, spliced, or with a length made absurd. */
function mutateBytes(bytes, random) {
  const out = Buffer.from(bytes);
  const at = (length) => Math.floor(random() * length);
  const way = at(8);
  if (way === 0) {
    return out.subarray(0, at(out.length));
  }
  if (way === 1) {
    const begin = at(out.length);
    return Buffer.concat([out.subarray(0, begin), out.subarray(begin + 1 + at(16))]);
  }
  if (way === 2) {
    const begin = at(out.length);
    const piece = out.subarray(begin, begin + 1 + at(64));
    return Buffer.concat([out.subarray(0, begin), piece, piece, out.subarray(begin)]);
  }
  for (let i = 1 + at(way === 3 ? 1 : 12); i > 0; i--) {
    // Heads of files hold sizes and types: they are hit more often.
    const place = random() < 0.5 ? at(Math.min(out.length, 64)) : at(out.length);
    const size = INTERESTING_SIZES[at(INTERESTING_SIZES.length)];
    if (way === 6 && place + 4 <= out.length) {
      out[random() < 0.5 ? 'writeUInt32BE' : 'writeUInt32LE'](size, place);
    } else if (way === 7 && place + 2 <= out.length) {
      out[random() < 0.5 ? 'writeUInt16BE' : 'writeUInt16LE'](size & 0xffff, place);
    } else if (way === 5) {
      out[place] = INTERESTING[at(INTERESTING.length)];
    } else {
      out[place] = out[place] ^ (1 << at(8));
    }
  }
  return out;
}

// oxfmt-ignore
const HOSTILE = [
  '', '-1', '0', '1e308', '-0.5', '99999999999', 'NaN', 'null', 'true', '[]', '{}', '{stem}', '{kind}',
  '../../../guard.txt', '/etc/passwd', '/dev/zero', '..', '.', '-', 'NUL', 'CON.txt', '__proto__', 'constructor',
  '\0', '\u202egnp.x', '🍊'.repeat(60), 'a'.repeat(300), '((((', '*'.repeat(20), '&a [*a]', '!!js/function "x"',
];

const NUMBERS = [
  '0',
  '1',
  '-1',
  '2',
  '7',
  '100',
  '255',
  '256',
  '4096',
  '16384',
  '1e9',
  '0.001',
  '-0.5',
  'true',
  'false',
];

/** One or more words that match replaced by ones that mean harm, or lines moved. */
function mutateWords(sound, pattern, replacements, random) {
  const at = (length) => Math.floor(random() * length);
  let out = sound;
  for (let i = 1 + at(3); i > 0; i--) {
    const words = [...out.matchAll(pattern)];
    const word = words[at(words.length)];
    if (word === undefined) {
      break;
    }
    const hostile = replacements[at(replacements.length)];
    const quoted = word[0].startsWith('"') && random() < 0.8 ? JSON.stringify(hostile) : hostile;
    out = out.slice(0, word.index) + quoted + out.slice(word.index + word[0].length);
  }
  if (random() < 0.2) {
    const lines = out.split('\n');
    lines.splice(at(lines.length), 0, ...lines.splice(at(lines.length), 1 + at(3)));
    out = lines.join('\n');
  }
  return Buffer.from(out);
}

function mendChecksums(bytes) {
  const out = Buffer.from(bytes);
  for (let at = 8; at + 12 <= out.length;) {
    const end = at + 8 + out.readUInt32BE(at);
    if (end + 4 > out.length) {
      break;
    }
    out.writeUInt32BE(crc32(out.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return out;
}
