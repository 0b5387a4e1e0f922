import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plotLines } from './plot.mjs';

/** Writes RESULTS.md and its plots into a folder, from the results of parts in the order given. */
export function writeReport(folder, results, { quick }) {
  mkdirSync(join(folder, 'plots'), { recursive: true });
  for (const plot of results.flatMap(({ plots }) => plots)) {
    writeFileSync(join(folder, 'plots', `${plot.file}.svg`), plotLines(plot));
  }
  const sections = [introduction(results, quick), machines(results), ...results.map((result) => section(result))];
  writeFileSync(join(folder, 'RESULTS.md'), `${sections.join('\n\n')}\n`);
}

function introduction(results, quick) {
  const limited = results.flatMap(({ title, rows }) => rows.filter(isLimited).map((row) => ({ title, row })));
  const missed = limited.filter(({ row }) => !isMet(row));
  const list = missed.map(({ title, row }) => `- ${title}: ${row.name}: ${number(row.value)}, limit ${limitOf(row)}`);
  return [
    '# Benchmarks',
    '',
    ...(quick ? ['**A smoke test: single runs on small inputs, whose figures mean nothing.**', ''] : []),
    'Written by `npm run bench`; `npm run bench -- <part>...` repeats parts and keeps the results of the others,',
    '`npm run bench -- --report` only writes this file anew. Ours and theirs are measured in turns; medians. The first run',
    'installs what we are compared with into `test/bench/.work` (6 GB, Python with venv needed). Linux only.',
    '',
    `Of ${limited.length} limits, ${limited.length - missed.length} are met${missed.length === 0 ? '.' : '. **Not met:**'}`,
    ...(missed.length === 0 ? [] : ['', ...list]),
  ].join('\n');
}

/** The machine of the newest part; parts that were measured elsewhere say so. */
function machines(results) {
  const { machine } = newest(results);
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const parts = results.map(
    ({ part, date, seconds, machine }) => `| ${part} | ${date} UTC | ${seconds} s | ${machine.load} |`,
  );
  return [
    '## Machine',
    '',
    `${machine.cpu}, ${machine.cores} cores, ${machine.memory}, ${machine.system}. ${versions.join(', ')}.`,
    '',
    '| part | measured | took | load before |',
    '|---|---|---|---|',
    ...parts,
  ].join('\n');
}

function section({ part, title, peer, rows, notes, plots }) {
  const compared = peer !== undefined;
  const head = compared
    ? `| | ours | ${peer} | ratio | limit | met |\n|---|---|---|---|---|---|`
    : '| | | limit | met |\n|---|---|---|---|';
  const lines = rows.map((row) => {
    const limit = isLimited(row) ? `| ${limitOf(row)} | ${isMet(row) ? 'yes' : '**no**'} |` : '| | |';
    if (row.theirs === undefined) {
      const value = amount(row.value, row.unit);
      return compared ? `| ${row.name} | ${value} | | ${limit}` : `| ${row.name} | ${value} ${limit}`;
    }
    return `| ${row.name} | ${amount(row.ours, row.unit)} | ${amount(row.theirs, row.unit)} | ${number(row.value)} ${limit}`;
  });
  return [
    `## ${title}`,
    '',
    `\`npm run bench -- ${part}\``,
    '',
    head,
    ...lines,
    ...notes.flatMap((note) => ['', note]),
    ...plots.flatMap(({ file, title }) => ['', `![${title}](plots/${file}.svg)`]),
  ].join('\n');
}

const newest = (results) => results.toSorted((a, b) => (a.date < b.date ? 1 : -1))[0];
const isLimited = ({ most, least }) => most !== undefined || least !== undefined;
const isMet = ({ value, most = Infinity, least = -Infinity }) => value <= most && value >= least;
const limitOf = ({ most, least }) => (most === undefined ? `at least ${number(least)}` : `at most ${number(most)}`);
const amount = (value, unit) => `${number(value)} ${unit}`.trim();

function number(value) {
  if (value === 0 || Math.abs(value) >= 1000 || Number.isInteger(value)) {
    return value.toFixed(0);
  }
  return Math.abs(value) < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}
