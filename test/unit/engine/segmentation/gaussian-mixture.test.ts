import { describe, expect, it } from 'vitest';
import { fitGaussianMixture, logDensities } from '../../../../src/engine/segmentation/gaussian-mixture.js';

const even = (count: number): Float32Array => new Float32Array(count).fill(1);

describe('fitGaussianMixture', () => {
  it('has the weighted mean and covariance of the colors where there is one component', () => {
    const colors = Float32Array.of(0.1, 0.2, 0.3, 0.5, 0.2, 0.3, 0.1, 0.6, 0.3);
    const [gaussian] = fitGaussianMixture(colors, Float32Array.of(2, 1, 1), { components: 1, noise: 0.01 });
    expect(gaussian!.share).toBe(1);
    expect(gaussian!.mean[0]).toBeCloseTo(0.2, 6);
    expect(gaussian!.mean[1]).toBeCloseTo(0.3, 6);
    expect(gaussian!.mean[2]).toBeCloseTo(0.3, 6);
    // Variances 0.03 and 0.03, covariance -0.01, and the noise: the inverse of [[0.04, -0.01, 0], [-0.01, 0.04, 0], [0, 0, 0.01]].
    const inverse = [80 / 3, 20 / 3, 0, 80 / 3, 0, 100];
    for (const [k, value] of gaussian!.precision.entries()) expect(value).toBeCloseTo(inverse[k]!, 3);
  });

  it('finds two groups of colors, each with its share', () => {
    const colors = new Float32Array(400 * 3);
    for (let i = 0; i < 400; i++) {
      const dark = i < 100;
      colors.set([dark ? 0.1 : 0.8, (dark ? 0.2 : 0.7) + (i % 5) * 0.01, dark ? 0.1 : 0.2], i * 3);
    }
    const mixture = fitGaussianMixture(colors, even(400), { components: 2 });
    const [small, large] = mixture.toSorted((a, b) => a.share - b.share);
    expect(small!.share).toBeCloseTo(0.25, 6);
    expect(small!.mean[0]).toBeCloseTo(0.1, 5);
    expect(large!.mean[1]).toBeCloseTo(0.72, 5);
  });

  it('has no more components than there are distinct colors', () => {
    const colors = Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
    expect(fitGaussianMixture(colors, even(2), { components: 5 })).toHaveLength(1);
  });
});

describe('logDensities', () => {
  it('is the logarithm of the normal density', () => {
    const mixture = fitGaussianMixture(Float32Array.of(0.5, 0.5, 0.5), even(1), { noise: 0.04 });
    const [atMean, aside] = logDensities(mixture, Float32Array.of(0.5, 0.5, 0.5, 0.7, 0.5, 0.5));
    const peak = -1.5 * Math.log(2 * Math.PI * 0.04);
    expect(atMean).toBeCloseTo(peak, 5);
    expect(aside).toBeCloseTo(peak - 0.5, 5);
  });
});
