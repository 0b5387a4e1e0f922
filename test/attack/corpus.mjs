// What the attack starts from: one small sound file of each kind, and the ways of breaking them.
// Everything is made from a seed: case 4711 is the same on every machine.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const PROMPTS = [
  'fruit AND NOT (pears OR leaf)',
  'hair@0.6 | "salt and pepper"{+12px}{*1.5}',
  'a - b XOR !c{-1%} ; d & e',
  "dog's nose, café {+5}",
];

const SIDECAR_TEXT = JSON.stringify({ kind: 'crop' });

/** Sound files by kind: bytes and the ending that the command is given. */
export async function soundFiles(sidecar = SIDECAR_TEXT) {
  const random = seededRandom(1);
  const noise = (channels) => Buffer.from(Uint8Array.from({ length: 24 * 16 * channels }, () => random() * 256));
  const picture = (channels) => sharp(noise(channels), { raw: { width: 24, height: 16, channels } });
  const grey16 = new Uint16Array(Array.from({ length: 24 * 16 }, () => random() * 65536));
  const recipes = readdirSync(join(ROOT, 'examples/recipes')).filter((name) => name.endsWith('.yaml'));
  const exrs = readdirSync(join(ROOT, 'test/fixtures/exr')).filter((name) => name.endsWith('.exr'));
  return {
    png: [
      await picture(3).png().toBuffer(),
      await picture(4).png().toBuffer(),
      await picture(4).png({ palette: true }).toBuffer(),
      await sharp(grey16, { raw: { width: 24, height: 16, channels: 1 } })
        .toColourspace('grey16')
        .png()
        .toBuffer(),
    ],
    jpeg: [
      await picture(3).jpeg().toBuffer(),
      await picture(3).jpeg({ progressive: true }).toBuffer(),
      await picture(3).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      await picture(3).toColourspace('cmyk').jpeg().toBuffer(),
    ],
    webp: [await picture(4).webp({ lossless: true }).toBuffer(), await picture(4).webp().toBuffer()],
    tiff: [
      await picture(3).tiff({ compression: 'deflate' }).toBuffer(),
      await picture(4).tiff({ compression: 'lzw' }).toBuffer(),
    ],
    gif: [await picture(4).gif().toBuffer()],
    avif: [await picture(3).avif({ effort: 0 }).toBuffer()],
    exr: exrs.map((name) => readFileSync(join(ROOT, 'test/fixtures/exr', name))),
    recipe: recipes.map((name) => readFileSync(join(ROOT, 'examples/recipes', name))),
    prompt: PROMPTS.map((text) => Buffer.from(text)),
    sidecar: [Buffer.from(sidecar)],
  };
}

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff];

/** One broken copy: cut, flipped, overwritten, repeated, spliced, or with a length made absurd. */
export function mutate(bytes, random) {
  const out = Buffer.from(bytes);
  const at = (length) => Math.floor(random() * length);
  const kind = at(7);
  if (kind === 0) {
    return out.subarray(0, at(out.length));
  }
  if (kind === 1) {
    const begin = at(out.length);
    return Buffer.concat([out.subarray(0, begin), out.subarray(begin + 1 + at(16))]);
  }
  if (kind === 2) {
    const begin = at(out.length);
    const piece = out.subarray(begin, begin + 1 + at(64));
    return Buffer.concat([out.subarray(0, begin), piece, piece, out.subarray(begin)]);
  }
  for (let i = 1 + at(kind === 3 ? 1 : 12); i > 0; i--) {
    // Heads of files hold sizes and types: they are hit more often.
    const place = random() < 0.5 ? at(Math.min(out.length, 64)) : at(out.length);
    if (kind === 6 && place + 4 <= out.length) {
      out.writeUInt32BE([0, 1, 0x7fffffff, 0xffffffff, 0x80000000][at(5)], place);
    } else if (kind === 5) {
      out[place] = INTERESTING[at(INTERESTING.length)];
    } else {
      out[place] = out[place] ^ (1 << at(8));
    }
  }
  return out;
}
