import { describe, expect, it } from 'vitest';
import { detectColorLoss, LOST_SHARE } from '../../../../src/inpaint/color-loss/detect-color-loss.js';
import { createRaster, type Raster } from '../../../../src/raster/index.js';
import {
  type Damage,
  damage,
  DAMAGES,
  hiddenDifference,
  holedImage,
  type Subject,
  SUBJECTS,
} from '../../../support/holed-images.js';
import { randomRaster } from '../../../support/images.js';

/** Less difference than this, on average over the holes, is nothing lost. */
const LEAST_DIFFERENCE = 2;

/** A smooth fill of what is itself flat or smooth leaves nothing to be seen. */
function cannotBeSeen(subject: Subject, how: Damage): boolean {
  return how === 'blur' && (subject === 'gradient' || subject === 'black');
}

describe('detectColorLoss', () => {
  it('is wrong on at most 1 % of 500 images, half of them damaged, either way', async () => {
    const kept: string[] = [];
    const damaged: string[] = [];
    let falseAlarms = 0;
    let missed = 0;
    for (let seed = 0; kept.length < 250 || damaged.length < 250; seed++) {
      const subject = SUBJECTS[seed % SUBJECTS.length]!;
      const how = DAMAGES[Math.floor(seed / SUBJECTS.length) % DAMAGES.length]!;
      const image = await holedImage(seed, subject, how === 'faint');
      if (seed % 2 === Math.floor(seed / 80) % 2 && kept.length < 250) {
        kept.push(`${subject} ${seed}`);
        if (detectColorLoss(image).share > LOST_SHARE) falseAlarms++;
        continue;
      }
      const lost = damage(image, how, seed);
      if (damaged.length < 250 && !cannotBeSeen(subject, how) && hiddenDifference(image, lost) >= LEAST_DIFFERENCE) {
        damaged.push(`${subject} ${how} ${seed}`);
        if (detectColorLoss(lost).share <= LOST_SHARE) missed++;
      }
    }
    expect(new Set(kept.map((name) => name.split(' ')[0])).size).toBe(SUBJECTS.length);
    expect(new Set(damaged.map((name) => name.split(' ')[1])).size).toBe(DAMAGES.length);
    expect(falseAlarms).toBeLessThanOrEqual(2);
    expect(missed).toBeLessThanOrEqual(2);
  }, 120_000);

  it('names what happened, and to how much', async () => {
    const image = await holedImage(24, 'photo', false);
    const kinds = (['white', 'row', 'blur'] as const).map((how) => detectColorLoss(damage(image, how, 1)));
    expect(kinds.map(({ kind }) => kind)).toEqual(['flat', 'bled', 'smoothed']);
    for (const { hidden, erased } of kinds) {
      expect(hidden).toBeGreaterThan(100);
      expect(erased).toBe(hidden);
    }
    const faint = await holedImage(24, 'photo', true);
    const coarse = detectColorLoss(damage(faint, 'faint', 1));
    expect(coarse).toMatchObject({ kind: 'coarse', hidden: 0, erased: 0 });
    expect(coarse.coarse).toBeGreaterThan(0.95 * coarse.faint);
  });

  it('judges each hole by itself', () => {
    const image = withHoles(randomRaster(3, 120, 60, 3), [20, 90]);
    const data = image.data.slice();
    for (let i = 0; i < 120 * 60; i++) {
      if (data[i * 4 + 3] === 0 && i % 120 < 60) data.fill(0, i * 4, i * 4 + 3);
    }
    const lost = detectColorLoss(createRaster(120, 60, 4, data));
    expect(lost.hidden).toBe(800);
    expect(lost.erased).toBe(400);
    expect(lost.kind).toBe('flat');
  });

  it('is not fooled by a truly black region, which is not erased, or by a flat fill, which is', () => {
    const black = withHoles(createRaster(80, 60, 3), [30]);
    expect(detectColorLoss(black).share).toBe(0);
    const filled = withHoles(randomRaster(4, 80, 60, 3), [30]).data.slice();
    for (let i = 0; i < filled.length; i += 4) {
      if (filled[i + 3] === 0) filled.set([120, 130, 140], i);
    }
    expect(detectColorLoss(createRaster(80, 60, 4, filled))).toMatchObject({ share: 1, kind: 'flat' });
  });

  it('sees the same in 16 bits', async () => {
    const image = await holedImage(32, 'photo', false);
    const lost = damage(image, 'black', 1);
    expect(detectColorLoss(widened(image)).share).toBe(0);
    expect(detectColorLoss(widened(lost))).toEqual(detectColorLoss(lost));
  });

  it('finds nothing hidden in an opaque image, or one without alpha', () => {
    expect(detectColorLoss(randomRaster(5, 20, 20, 3))).toMatchObject({ hidden: 0, faint: 0, share: 0 });
    expect(detectColorLoss(createRaster(20, 20, 4, new Uint8Array(1600).fill(255)))).toMatchObject({
      hidden: 0,
      share: 0,
    });
  });
});

/** The image with transparent squares of 20 pixels, colors kept. */
function withHoles(colors: Raster, lefts: readonly number[]): Raster {
  const data = new Uint8Array(colors.width * colors.height * 4);
  for (let i = 0; i < colors.width * colors.height; i++) {
    const x = i % colors.width;
    const y = Math.floor(i / colors.width);
    const hidden = y >= 20 && y < 40 && lefts.some((left) => x >= left && x < left + 20);
    data.set(colors.data.subarray(i * 3, i * 3 + 3), i * 4);
    data[i * 4 + 3] = hidden ? 0 : 255;
  }
  return createRaster(colors.width, colors.height, 4, data);
}

function widened(raster: Raster): Raster {
  return createRaster(
    raster.width,
    raster.height,
    4,
    Uint16Array.from(raster.data, (value) => value * 257),
  );
}
