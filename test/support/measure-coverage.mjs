// Coverage of src/ by all tests, in the tests' own process and in every program that they spawn:
//
//   npm run coverage [-- test files]
//
// What the tests' process saw is vitest's report. Spawned programs run dist/, and their counts are brought to the sources
// by its source maps: a statement or a branch counts as covered where either of them ran it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mergeProcessCovs } from '@bcoe/v8-coverage';
import { convert } from 'ast-v8-to-istanbul';
import { parseSync } from 'oxc-parser';

const DIST = pathToFileURL(resolve('dist')).href;
/** Processes whose counts are held in memory at a time. */
const AT_ONCE = 50;

const folder = mkdtempSync(join(tmpdir(), 'maskwright-coverage-'));
try {
  const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));
  const options = ['run', '--config', 'test/vitest.config.ts', '--coverage', '--coverage.reporter=json'];
  const { status } = spawnSync(process.execPath, [vitest, ...options, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, MASKWRIGHT_SPAWNED_COVERAGE: folder },
  });
  process.exitCode = status ?? 1;
  const report = JSON.parse(readFileSync('coverage/coverage-final.json', 'utf8'));
  for (const script of spawnedCoverage().result) {
    for (const [path, spawned] of Object.entries(await toSources(script))) {
      if (report[path] !== undefined) addCounts(report[path], spawned);
    }
  }
  printReport(Object.values(report));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The counts of all spawned programs together. */
function spawnedCoverage() {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  console.log(`${files.length} spawned programs and threads`);
  let merged = { result: [] };
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const some = files.slice(at, at + AT_ONCE).flatMap((name) => {
      const result = readResult(join(folder, name));
      return result === undefined ? [] : [{ result: result.filter(({ url }) => url.startsWith(DIST)) }];
    });
    merged = mergeProcessCovs([merged, ...some]);
  }
  return merged;
}

/** Tests kill programs, some while they write what they saw. */
function readResult(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).result;
  } catch {
    console.log(`not whole, left out: ${path}`);
    return undefined;
  }
}

function toSources({ url, functions }) {
  const file = fileURLToPath(url);
  const code = readFileSync(file, 'utf8');
  const sourceMap = JSON.parse(readFileSync(`${file}.map`, 'utf8'));
  const ast = parseSync(file, code).program;
  return convert({ code, sourceMap, ast, coverage: { url, functions } });
}

/** Adds counts of what stands at the same place in the source. */
function addCounts(report, spawned) {
  const place = ({ start }) => `${start.line}:${start.column}`;
  const statements = new Map(Object.entries(spawned.statementMap).map(([id, at]) => [place(at), spawned.s[id]]));
  for (const [id, at] of Object.entries(report.statementMap)) report.s[id] += statements.get(place(at)) ?? 0;
  const arms = new Map(
    Object.entries(spawned.branchMap).flatMap(([id, { type, locations }]) =>
      locations.map((at, i) => [`${type} ${place(at)} ${i}`, spawned.b[id][i]]),
    ),
  );
  for (const [id, { type, locations }] of Object.entries(report.branchMap)) {
    locations.forEach((at, i) => (report.b[id][i] += arms.get(`${type} ${place(at)} ${i}`) ?? 0));
  }
}

/** Files with the most uncovered lines first, and the sums. */
function printReport(files) {
  const rows = files.map(({ path, statementMap, s, branchMap, b }) => {
    const lines = new Map();
    for (const [id, { start }] of Object.entries(statementMap)) {
      lines.set(start.line, Math.max(lines.get(start.line) ?? 0, s[id]));
    }
    const arms = Object.entries(branchMap).flatMap(([id, { line, loc }]) =>
      b[id].map((count) => ({ line: line ?? loc.start.line, count })),
    );
    const missed = [...lines].filter(([, count]) => count === 0).map(([line]) => line);
    const missedArms = arms.filter(({ count }) => count === 0).map(({ line }) => line);
    return { path: relative('.', path), lines: lines.size, missed, arms: arms.length, missedArms };
  });
  const list = (numbers) => [...new Set(numbers)].sort((a, b) => a - b).join(' ');
  for (const row of rows.filter(({ missedArms, missed }) => missedArms.length + missed.length > 0).sort(worstFirst)) {
    console.log(`${row.path}\n  lines ${list(row.missed) || '-'}\n  branches at ${list(row.missedArms) || '-'}`);
  }
  const sum = (value) => rows.reduce((total, row) => total + value(row), 0);
  const share = (what, all, missed) =>
    console.log(`${what} ${(100 * (1 - missed / all)).toFixed(2)} % (${all - missed} of ${all})`);
  share(
    'lines   ',
    sum((row) => row.lines),
    sum((row) => row.missed.length),
  );
  share(
    'branches',
    sum((row) => row.arms),
    sum((row) => row.missedArms.length),
  );
}

function worstFirst(a, b) {
  return b.missed.length - a.missed.length || b.missedArms.length - a.missedArms.length;
}
