import { describe, expect, it } from 'vitest';
import { guessPolarity } from '../../../../src/inpaint/check/guess-polarity.js';
import { blob, inverted } from '../../../support/blobs.js';
import { seededRandom } from '../../../support/random.js';

describe('guessPolarity', () => {
  it('is right on at least 99 % of 500 generated masks, half of them inverted', () => {
    let wrong = 0;
    for (let seed = 0; seed < 500; seed++) {
      const random = seededRandom(seed);
      const drawn = blob(random, 60 + Math.floor(random() * 60), 60 + Math.floor(random() * 60));
      const paints = seed % 2 === 0 ? 'white' : 'black';
      if (guessPolarity(paints === 'white' ? drawn : inverted(drawn)).paints !== paints) wrong++;
    }
    expect(wrong).toBeLessThanOrEqual(5);
  });
});
