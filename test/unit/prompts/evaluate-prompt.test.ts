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
    expect(actual[i], `pixel ${i}`).toBeCloseTo(value, 6);
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

  it('a term with a threshold is mapped so that its threshold becomes that of the result', () => {
    expectClose(evaluate('a@0.8', 0.5), [0.0625, 0.125, 0.5, 0.75]);
    expectClose(evaluate('a@0.2', 0.5), [0.25, 0.5, 0.875, 0.9375]);
  });

  const unit = fc.integer({ min: 1, max: 99 }).map((value) => value / 100);

  it('a term with a threshold and its NOT are complements at any threshold of the result', () => {
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

  it('XOR of terms with thresholds selects where an odd number of them do, at any threshold of the result', () => {
    fc.assert(
      fc.property(unit, unit, unit, unit, (first, second, third, cut) => {
        const data = { a: A.data, b: B.data, c: C.data };
        fc.pre(!near(first, data.a) && !near(second, data.b) && !near(third, data.c));
        const result = evaluate(`a@${first} XOR b@${second} XOR c@${third}`, cut);
        for (let i = 0; i < 4; i++) {
          const odd = (data.a[i]! > first !== data.b[i]! > second) !== data.c[i]! > third;
          expect(result[i]! >= cut, `pixel ${i} of ${result.join(' ')}`).toBe(odd);
        }
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('nested XORs take time linear in the depth', () => {
    const nested = (depth: number): string => (depth === 0 ? 'a@0.3' : `(${nested(depth - 1)} XOR b@0.4)`);
    expect(evaluate(nested(80), 0.6).map((value) => value >= 0.6)).toEqual(evaluate('a@0.3', 0.6).map((v) => v >= 0.6));
  });

  it('phrases are resized to the image, and lengths are in its pixels', () => {
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

  it('inputs are not modified', () => {
    const before = [...A.data];
    evaluate('NOT (a{*2}@0.7{+1} XOR b) - c OR a');
    expect([...A.data]).toEqual(before);
  });

  it('a threshold around a group applies to what is inside: (a@x OR b)@y is a@x OR b@y', () => {
    fc.assert(
      fc.property(unit, unit, unit, (x, y, cut) => {
        fc.pre(!near(x, A.data) && !near(y, A.data) && !near(y, B.data) && !near(x, B.data));
        const result = evaluate(`(a@${x} OR b)@${y}`, cut).map((value) => value >= cut);
        expect(result).toEqual([...A.data].map((value, i) => value > x || B.data[i]! > y));
      }),
    );
  });
});

describe('evaluatePrompt: instances', () => {
  // Three bars of widths 1, 3 and 2, with soft edges, on one row.
  const bars = row(0, 0.9, 0, 0.2, 0.7, 0.8, 0.7, 0.2, 0, 0.6, 0.9, 0.3);
  const run = (prompt: string, onMissingInstance?: (tree: unknown, count: number) => void): number[] => {
    const operands = { phrase: () => bars, file: () => FILE };
    return [...evaluatePrompt(parsePrompt(prompt), operands, bars, 0.5, { onMissingInstance }).data];
  };
  const select = (from: number, to: number): number[] =>
    [...bars.data].map((value, i) => (i >= from && i <= to ? value : 0));

  it.each<[string, number[]]>([
    ['x#largest', select(3, 7)],
    ['x#2', select(8, 11)],
    ['x#3', select(0, 2)],
    ['x#left', select(0, 2)],
    ['x#left:2', select(3, 7)],
    ['x#right', select(8, 11)],
    ['x#left..2', select(0, 7)],
    ['x#center', select(3, 7)],
    ['x#smallest', select(0, 2)],
    ['x#2..9', [...select(0, 2).slice(0, 3), ...select(8, 11).slice(3)]],
  ])('%s keeps the heatmap of its instances and their soft edges', (prompt, expected) => {
    expectClose(run(prompt), expected);
  });

  it('instances are found at the threshold of the term', () => {
    expect(run('x@0.75#largest').map((value) => value >= 0.5)).toEqual([...bars.data].map((_, i) => i === 1));
  });

  it('a selector beyond the last instance selects nothing and is reported once with the number there are', () => {
    const reports: number[] = [];
    expect(run('x#7 XOR x#7', (_tree, count) => reports.push(count)).every((value) => value === 0)).toBe(true);
    expect(reports).toEqual([3, 3]);
    expect(run('NOT x#7').every((value) => value === 1)).toBe(true);
  });
});
