import { readFileSync, readdirSync } from 'node:fs';

/** The files of a folder of fixtures with an ending. */
export function readFixtures(folder, ending) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ name, bytes: readFileSync(new URL(name, folder)) }));
}

/**
 * A damaged copy of one of the files, the same for the same number: cut off, bits flipped (in the header, in the
 * table of offsets or anywhere), bytes overwritten with extremes, or pieces moved.
 */
export function mutateFile(fixtures, number) {
  let state = (number * 2654435761) >>> 0;
  const random = (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
  const { name, bytes } = fixtures[number % fixtures.length];
  const kind = ['cut', 'flip header', 'flip anywhere', 'extremes', 'move'][random(5)];
  if (kind === 'cut') {
    return { name, kind, bytes: bytes.subarray(0, random(bytes.length)) };
  }
  const mutated = Uint8Array.from(bytes);
  const header = Math.min(420, bytes.length);
  const changes = 1 + random(8);
  for (let i = 0; i < changes; i++) {
    const at = random(kind === 'flip header' || (kind === 'extremes' && random(2) === 0) ? header : bytes.length);
    if (kind === 'extremes') {
      mutated.fill([0, 0xff, 0x7f, 0x80][random(4)], at, at + 1 + random(8));
    } else if (kind === 'move') {
      const length = random(64);
      mutated.copyWithin(at, random(bytes.length - length), length);
    } else {
      mutated[at] ^= 1 << random(8);
    }
  }
  return { name, kind, bytes: mutated };
}
