import { describe, expect, it } from 'vitest';
import { autoThreshold } from '../../../../src/engine/threshold/auto-threshold.js';
import { measureDetection } from '../../../../src/engine/detection/detection-stats.js';
import { thresholdHeatmap } from '../../../../src/engine/threshold/threshold-heatmap.js';
import { createHeatmap } from '../../../../src/raster/index.js';

/** A heatmap from digits: 7 is 0.7. */
function grid(...rows: string[]) {
  return createHeatmap(
    rows[0]!.length,
    rows.length,
    Float32Array.from(rows.join(''), (digit) => Number(digit) / 10),
  );
}

describe('measureDetection', () => {
  const heatmap = grid('990000', '980000', '000006', '000000');

  it('summarizes what is selected, the largest component first', () => {
    const { mean, peak, ...rest } = measureDetection(heatmap, thresholdHeatmap(heatmap, 0.5), 0.5);
    expect(peak).toBeCloseTo(0.9);
    expect(mean).toBeCloseTo((0.9 * 3 + 0.8 + 0.6) / 5);
    expect(rest).toEqual({
      threshold: 0.5,
      share: 5 / 24,
      parts: 2,
      components: [
        { share: 4 / 24, bounds: { x: 0, y: 0, width: 2, height: 2 } },
        { share: 1 / 24, bounds: { x: 5, y: 2, width: 1, height: 1 } },
      ],
      presence: 'present',
    });
  });

  it.each([
    ['absent', 0.95],
    ['weak', 0.85],
    ['present', 0.5],
  ])('says %s at the threshold %d', (presence, threshold) => {
    expect(measureDetection(heatmap, thresholdHeatmap(heatmap, threshold), threshold).presence).toBe(presence);
  });
});

describe('presence', () => {
  /** Half of the pixels at a probability, one of them at the peak, the others at 0.1. */
  const hit = (typical: number, peak: number) =>
    createHeatmap(10, 10, new Float32Array(100).fill(typical, 0, 50).fill(0.1, 50).fill(peak, 0, 1));
  const presenceOf = (typical: number, peak: number): string => {
    const heatmap = hit(typical, peak);
    return measureDetection(heatmap, thresholdHeatmap(heatmap, 0.5), 0.5).presence;
  };

  it('is that of a CLIPSeg hit whose peak is 0.79 and whose mean is 0.69', () => {
    expect(presenceOf(0.69, 0.79)).toBe('present');
  });

  it('is weak where the peak is low, or high at a single place', () => {
    expect(presenceOf(0.62, 0.7)).toBe('weak');
    expect(presenceOf(0.55, 0.98)).toBe('weak');
  });
});

describe('autoThreshold', () => {
  const clear = grid('888888', '888888', '222222', '222222', '111111');

  it('separates two clear groups', () => {
    for (const method of ['otsu', 'stable'] as const) {
      const threshold = autoThreshold(clear, { method });
      expect(threshold, method).toBeGreaterThan(0.2);
      expect(threshold, method).toBeLessThanOrEqual(0.8);
    }
  });
});
