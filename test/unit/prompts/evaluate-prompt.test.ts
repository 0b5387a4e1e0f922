import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dilate } from '../../../src/engine/morphology/dilate.js';
import { erode } from '../../../src/engine/morphology/erode.js';
import { evaluatePrompt } from '../../../src/prompts/evaluate-prompt.js';
import { parsePrompt } from '../../../src/prompts/parse-prompt.js';
import { createHeatmap, createMask, heatmapToMask } from '../../../src/raster/index.js';
import { propertyRuns } from '../../support/property-runs.js';

const size = { width: 4, height: 1 };
const row = (...values: number[]) => createHeatmap(values.length, 1, Float32Array.from(values));
const A = row(0.1, 0.2, 0.8, 0.9);
const B = row(0.3, 0.7, 0.4, 0.6);
const C = row(0.55, 0.45, 0.65, 0.35);
const FILE = createMask(4, 1, Uint8Array.of(0, 255, 51, 204));

function evaluate(prompt: string, threshold = 0.5): number[] {
  const heatmap = evaluatePrompt(
    parsePrompt(prompt),
    { phrase: (phrase) => ({ a: A, b: B, c: C })[phrase]!, file: () => FILE },
    size,
    threshold,
  );
  return [...heatmap.data];
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(actual[i], `place ${i}`).toBeCloseTo(value, 6);
  }
}

function near(value: number, others: Float32Array): boolean {
  return others.some((other) => Math.abs(other - value) < 1e-4);
}

describe('evaluatePrompt', () => {
  it.each<[string, number[]]>([
    ['a', [0.1, 0.2, 0.8, 0.9]],
    ['a OR b', [0.3, 0.7, 0.8, 0.9]],
    ['a AND b', [0.1, 0.2, 0.4, 0.6]],
    ['NOT a', [0.9, 0.8, 0.2, 0.1]],
    ['a - b', [0.1, 0.2, 0.6, 0.4]],
    ['a AND NOT b', [0.1, 0.2, 0.6, 0.4]],
    ['a XOR b', [0.3, 0.7, 0.6, 0.4]],
    ['a{*2}', [0.2, 0.4, 1, 1]],
    ['a{/2}', [0.05, 0.1, 0.4, 0.45]],
    ['@m.png', [0, 1, 0.2, 0.8]],
    ['a AND NOT @m.png', [0.1, 0, 0.8, 0.2]],
    ['a{+0}', [0.1, 0.2, 0.8, 0.9]],
    ['a OR b AND c', [0.3, 0.45, 0.8, 0.9]],
  ])('%s', (prompt, expected) => {
    expectClose(evaluate(prompt), expected);
  });

  it('bends a term so that its own threshold falls on that of the result', () => {
    expectClose(evaluate('a@0.8', 0.5), [0.0625, 0.125, 0.5, 0.75]);
    expectClose(evaluate('a@0.2', 0.5), [0.25, 0.5, 0.875, 0.9375]);
  });

  const unit = fc.integer({ min: 1, max: 99 }).map((value) => value / 100);

  it('what a term selects at its own threshold, its NOT does not, at any threshold of the result', () => {
    fc.assert(
      fc.property(unit, unit, (own, cut) => {
        const own32 = Math.fround(own);
        const values = fc.sample(fc.float({ min: 0, max: 1, noNaN: true }), 4);
        const heatmap = row(...values.map((value) => (Math.abs(value - own32) < 1e-5 ? 0 : value)));
        const at = (prompt: string): boolean[] => {
          const operands = { phrase: () => heatmap, file: () => FILE };
          const result = evaluatePrompt(parsePrompt(prompt), operands, size, cut);
          return Array.from(result.data, (value) => value >= cut);
        };
        const selected = Array.from(heatmap.data, (value) => value >= own32);
        expect(at(`x@${own}`)).toEqual(selected);
        expect(at(`NOT x@${own}`)).toEqual(selected.map((value) => !value));
        expect(at(`NOT NOT x@${own}`)).toEqual(selected);
        expect(at(`x@${own} - x@${own}`)).toEqual([false, false, false, false]);
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  it('XOR of terms with thresholds of their own is exactly one of them, at any threshold', () => {
    fc.assert(
      fc.property(unit, unit, unit, unit, (first, second, third, cut) => {
        const data = { a: A.data, b: B.data, c: C.data };
        fc.pre(!near(first, data.a) && !near(second, data.b) && !near(third, data.c));
        const result = evaluate(`a@${first} XOR b@${second} XOR c@${third}`, cut);
        for (let i = 0; i < 4; i++) {
          const odd = (data.a[i]! > first !== data.b[i]! > second) !== data.c[i]! > third;
          expect(result[i]! >= cut, `place ${i} of ${result.join(' ')}`).toBe(odd);
        }
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('takes time in proportion to the prompt, nested XORs too', () => {
    const nested = (depth: number): string => (depth === 0 ? 'a@0.3' : `(${nested(depth - 1)} XOR b@0.4)`);
    expect(evaluate(nested(80), 0.6).map((value) => value >= 0.6)).toEqual(evaluate('a@0.3', 0.6).map((v) => v >= 0.6));
  });

  it('brings phrases to the size of the image and grows them in its pixels', () => {
    const spot = createHeatmap(32, 24);
    spot.data[12 * 32 + 16] = 0.9;
    spot.data[3 * 32 + 4] = 0.4;
    const operands = { phrase: () => spot, file: () => FILE };
    const mask = heatmapToMask(spot);
    const at = (prompt: string) => heatmapToMask(evaluatePrompt(parsePrompt(prompt), operands, spot, 0.5));
    expect(at('x{+3}')).toEqual(dilate(mask, 3));
    expect(at('x{+10%}')).toEqual(dilate(mask, 4));
    expect(at('x{+5}{-2}')).toEqual(erode(dilate(mask, 5), 2));
    expect(at('x{+1000000}').data.every((value) => value === mask.data[12 * 32 + 16])).toBe(true);
    const twice = evaluatePrompt(parsePrompt('x'), operands, { width: 64, height: 48 }, 0.5);
    expect([twice.width, twice.height]).toEqual([64, 48]);
  });

  it('leaves its inputs as they are', () => {
    const before = [...A.data];
    evaluate('NOT (a{*2}@0.7{+1} XOR b) - c OR a');
    expect([...A.data]).toEqual(before);
  });
});
