import { MaskwrightError } from '../errors.js';

/** A row of a table: its cells by the names in the table's first line. */
export type CsvRow = Readonly<Record<string, string>>;

/**
 * Reads comma-separated values (RFC 4180): cells in quotes may have commas, line ends and doubled quotes in
 * them. The first line names the columns; blank lines are left out.
 *
 * Throws `RECIPE_INVALID`, with the line, for an open quote, a row of another length, a column named twice, and
 * where the column `needed` is not there or is empty.
 */
export function parseCsv(text: string, name: string, needed?: string): CsvRow[] {
  const [header, ...rows] = readRows(text.replace(/^\uFEFF/, ''), name);
  if (header === undefined) {
    throw new MaskwrightError('RECIPE_INVALID', `${name} has no rows`, { hint: 'its first line names the columns' });
  }
  const columns = header.cells.map((cell) => cell.trim());
  const twice = columns.find((column, i) => column === '' || columns.indexOf(column) !== i);
  if (twice !== undefined) {
    const what = twice === '' ? 'a column without a name' : `the column ${JSON.stringify(twice)} twice`;
    throw new MaskwrightError('RECIPE_INVALID', `${name}:1: has ${what}`);
  }
  const place = needed === undefined ? undefined : columns.indexOf(needed);
  if (place === -1) {
    throw new MaskwrightError('RECIPE_INVALID', `${name}:1: has no column ${needed}`, {
      hint: `the column \`${needed}\` names an image a row; there are ${columns.join(', ')}`,
    });
  }
  return rows.map(({ cells, line }) => {
    if (cells.length !== columns.length) {
      throw new MaskwrightError('RECIPE_INVALID', `${name}:${line}: has ${cells.length} cells, not ${columns.length}`, {
        hint: 'put cells that have commas in them in double quotes',
      });
    }
    if (place !== undefined && cells[place] === '') {
      throw new MaskwrightError('RECIPE_INVALID', `${name}:${line}: the column ${needed} is empty`, {
        hint: 'it names the image of the row, relative to the recipe',
      });
    }
    return Object.fromEntries(columns.map((column, i) => [column, cells[i]!]));
  });
}

interface Row {
  readonly cells: string[];
  readonly line: number;
}

function readRows(text: string, name: string): Row[] {
  const rows: Row[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let line = 1;
  let row: Row = { cells: [], line };
  for (;;) {
    const match = cell.exec(text);
    if (match === null) {
      throw new MaskwrightError('RECIPE_INVALID', `${name}:${line}: a quote is out of place`, {
        hint: 'double quotes go around a whole cell; inside it they are doubled',
      });
    }
    const [whole, quoted, plain, end] = match;
    row.cells.push(quoted?.replaceAll('""', '"') ?? plain!);
    line += whole.split('\n').length - 1;
    if (end === ',') {
      continue;
    }
    if (row.cells.length > 1 || row.cells[0] !== '') {
      rows.push(row);
    }
    if (cell.lastIndex >= text.length) {
      return rows;
    }
    row = { cells: [], line };
  }
}
