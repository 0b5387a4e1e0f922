import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../src/recipe/parse-csv.js';

const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

describe('parseCsv', () => {
  it('reads rows by the names of the first line', () => {
    expect(parseCsv('file,words\na.png,red apple\r\n\nb.png,"cup, blue"\n', 't.csv')).toEqual([
      { file: 'a.png', words: 'red apple' },
      { file: 'b.png', words: 'cup, blue' },
    ]);
    expect(parseCsv('\uFEFFa,b\n,', 't.csv')).toEqual([{ a: '', b: '' }]);
  });

  it('gives back whatever cells were quoted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.string(), fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a') }))),
        (rows) => {
          const text = ['x,y,z', ...rows.map((row) => row.map(quote).join(','))].join('\n');
          expect(parseCsv(text, 't').map(({ x, y, z }) => [x, y, z])).toEqual(rows);
        },
      ),
    );
  });

  it.each([
    ['a,b\n1\n', /t\.csv:2: has 1 cells, not 2/],
    ['a,b\n"1\n2",3\n4,5,6', /t\.csv:4: has 3 cells/],
    ['a,b\n1,2"3', /t\.csv:2: a quote/],
    ['a,b\n"1,2', /t\.csv:2: a quote/],
    ['a,a\n1,2', /"a" twice/],
    ['a,\n1,2', /without a name/],
    ['', /no rows/],
  ])('refuses %j, with the line', (text, message) => {
    expect(() => parseCsv(text, 't.csv')).toThrow(
      expect.objectContaining({ code: 'RECIPE_INVALID', message: expect.stringMatching(message) as string }),
    );
  });

  it.each([
    ['fil,b\n1,2', /t\.csv:1: has no column file$/],
    ['file,b\n1,"2\n2"\n,3', /t\.csv:4: the column file is empty$/],
  ])('refuses %j, which does not tell what is needed', (text, message) => {
    expect(() => parseCsv(text, 't.csv', 'file')).toThrow(
      expect.objectContaining({ code: 'RECIPE_INVALID', message: expect.stringMatching(message) as string }),
    );
  });
});
