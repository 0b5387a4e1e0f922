import { describe, expect, it } from 'vitest';
import {
  mixRows,
  mixRowsInJavaScript,
  SHARE_ONE,
  sharesToBytes,
  sharesToBytesInJavaScript,
} from '../../../../src/engine/compose/mix-rows.js';
import { seededRandom } from '../../../support/random.js';

const SHARES = [0, 1, 127, 128, 129, 16_383, 16_384, 16_385, 21_845, 32_639, 32_640, 32_766, 32_767, 32_768];

describe.each([
  ['WebAssembly', mixRows],
  ['JavaScript', mixRowsInJavaScript],
])('mixing in %s', (_, mix) => {
  it.each(SHARES)('all pairs of samples by a share of %d / 32768 are the arithmetic, rounded half up', (share) => {
    const back = new Uint8Array(3 * 65_536);
    const front = new Uint8Array(3 * 65_536);
    const expected = new Uint8Array(3 * 65_536);
    for (let i = 0; i < back.length; i++) {
      const pair = (i * 7919) % 65_536;
      back[i] = pair >> 8;
      front[i] = pair & 255;
      expected[i] = Math.floor(back[i]! + ((front[i]! - back[i]!) * share) / SHARE_ONE + 0.5);
    }
    const out = new Uint8Array(back.length);
    mix(out, back, front, new Uint16Array(65_536).fill(share));
    expect(Buffer.compare(out, expected)).toBe(0);
  });

  it.each([1, 2, 7, 8, 9, 8191, 8193, 16_391])(
    '%d pixels have a share each, and nothing is written after them',
    (count) => {
      const random = seededRandom(count);
      const draw = (length: number, below: number): number[] =>
        Array.from({ length }, () => Math.floor(random() * below));
      const back = Uint8Array.from(draw(3 * count, 256));
      const front = Uint8Array.from(draw(3 * count, 256));
      const shares = Uint16Array.from(draw(count, SHARE_ONE + 1));
      const out = new Uint8Array(3 * count + 8).fill(77);
      mix(out, back, front, shares);
      const expected = Uint8Array.from(out, (_value, i) =>
        i < 3 * count
          ? Math.floor(back[i]! + ((front[i]! - back[i]!) * shares[Math.floor(i / 3)]!) / SHARE_ONE + 0.5)
          : 77,
      );
      expect(Buffer.compare(out, expected)).toBe(0);
    },
  );
});

describe.each([
  ['WebAssembly', sharesToBytes],
  ['JavaScript', sharesToBytesInJavaScript],
])('shares as bytes in %s', (_, toBytes) => {
  it('every share is its part of 255, rounded half up', () => {
    const shares = Uint16Array.from({ length: SHARE_ONE + 1 }, (_value, i) => i);
    const expected = Uint8Array.from(shares, (share) => Math.floor((share / SHARE_ONE) * 255 + 0.5));
    expect(Buffer.compare(toBytes(shares), expected)).toBe(0);
  });
});
