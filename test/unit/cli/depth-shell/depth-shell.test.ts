import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { totalLevels } from '../../../../src/depth/gray/gray-splits.js';
import { completeShellLine, runShellLine, SHELL_COMMANDS } from '../../../../src/cli/depth-shell/commands.js';
import { openShell, type ShellState } from '../../../../src/cli/depth-shell/state.js';
import { quoteWord, splitWords } from '../../../../src/cli/depth-shell/split-words.js';
import { MaskwrightError } from '../../../../src/errors.js';
import { createDepthMap } from '../../../../src/raster/index.js';
import { propertyRuns } from '../../../support/property-runs.js';

const map = createDepthMap(4, 2, Float32Array.of(100, 110, 120, 130, 140, 150, 200, Infinity), {
  depthOrder: 'near-is-small',
  unit: 'distance',
});
const fresh = openShell(map, { min: 100, max: 200 }, { compress: false });

/** The state after some lines, all of which must succeed. */
function after(...lines: string[]): ShellState {
  return lines.reduce((state, line) => runShellLine(state, line).state, fresh);
}

function say(state: ShellState, line: string): readonly string[] {
  return runShellLine(state, line).lines;
}

describe('the depth shell', () => {
  it('begins with one split, or two where there is a cutoff', () => {
    expect(say(fresh, 'show_splits')).toEqual(['** 000: 100 to 200.01 - 256 levels assigned (label: Default)']);
    const cut = openShell(map, { min: 100, max: 200 }, { cutoff: 150, compress: false });
    expect(say(cut, 'show_splits')).toEqual([
      '** 000: 100 to 150 - 256 levels assigned (label: Default)',
      '** 001: 150 to 200.01 - 0 levels assigned (label: Cutoff)',
    ]);
    const turned = openShell(
      { ...map, depthOrder: 'near-is-large' },
      { min: 100, max: 200 },
      { cutoff: 150, compress: false },
    );
    expect(say(turned, 'show_splits')).toEqual([
      '** 000: 100 to 150 - 0 levels assigned (label: Cutoff)',
      '** 001: 150 to 200.01 - 256 levels assigned (label: Default)',
    ]);
  });

  it('gives the answers of the original for its own example', () => {
    const state = after(
      'add 180',
      'add 120',
      'flag 0 test red',
      'move 120 115',
      'allocate 0 220',
      'allocate 1 30',
      'allocate 2 6',
      'flag 0 region 0',
      'region 1 1',
      'rename 2 "far away"',
    );
    expect(say(state, 'show_splits')).toEqual([
      '** 000: 100 to 115 - 220 levels assigned (label: Default, test: red, region: 0)',
      '** 001: 115 to 180 - 30 levels assigned (region: 1)',
      '** 002: 180 to 200.01 - 6 levels assigned (label: far away)',
    ]);
    expect(say(state, 'totals')).toEqual(['256 of 256 levels are allocated']);
    expect(runShellLine(state, 'write').effect).toEqual({ kind: 'write', file: undefined, force: false });
  });

  it('takes unique names for numbers', () => {
    const state = after('add 150 back', 'allocate BACK 0', 'move back 160');
    expect(state.plan.splits[1]).toMatchObject({ start: 160, levels: 0 });
  });

  it('puts a split that is outside the map at its nearest place', () => {
    expect(say(fresh, 'add 9')).toEqual(['split 1 starts at 100.01, the depth of the map nearest to 9']);
    expect(say(fresh, 'split 9999')).toEqual(['split 1 starts at 199.99, the depth of the map nearest to 9999']);
  });

  it('toggles compression, and takes on and off', () => {
    expect(after('compression').plan.compress).toBe(true);
    expect(after('compress', 'compress').plan.compress).toBe(false);
    expect(after('compression off').plan.compress).toBe(false);
  });

  it('shows, sets and clears flags, whatever their case', () => {
    const state = after('flag 0 Mine yes');
    expect(say(state, 'flag 0')).toEqual(['000: label: Default, mine: yes']);
    expect(say(state, 'flag 0 MINE')).toEqual(['000: mine = yes']);
    expect(say(state, 'flag 0 other')).toEqual(['000: other is not set']);
    expect(after('flag 0 Mine yes', 'clearflag 0 mInE').plan.splits[0]!.flags).toEqual({ label: 'Default' });
  });

  it('shows the depth of a pixel, and the contents of a split', () => {
    expect(say(fresh, 'getpixel 3 0')).toEqual(['3, 0: 130, in split 0']);
    expect(say(fresh, 'getpixel 3 1')).toEqual(['3, 1: Infinity, in no split']);
    const state = after('add 160', 'add 190');
    expect(say(state, 'inspect 0').slice(0, 5)).toEqual([
      'split 000: 100 to 160',
      '  levels: 256',
      '  flags: label: Default',
      '  pixels: 6 of 8',
      '  depths: 100 to 150',
    ]);
    expect(say(state, 'inspect 1')).toEqual([
      'split 001: 160 to 190',
      '  levels: 0',
      '  flags: no flags',
      '  pixels: 0 of 8',
    ]);
  });

  it('prints the histogram in twenty lines, also as bars', () => {
    expect(say(fresh, 'histogram')).toHaveLength(20);
    expect(say(fresh, 'histogram')[0]).toBe('** - 00 - 14.29% - 100.0 to 105.0');
    expect(say(fresh, 'histogram bars')[0]).toMatch(/^100 {2}14\.29% █+$/);
  });

  it('undoes and redoes each change', () => {
    const done = after('add 150', 'allocate 1 7');
    const undone = runShellLine(done, 'undo').state;
    expect(undone.plan.splits[1]!.levels).toBe(0);
    expect(runShellLine(undone, 'redo').state.plan).toEqual(done.plan);
    expect(runShellLine(runShellLine(undone, 'undo').state, 'totals').state.plan).toEqual(fresh.plan);
    expect(() => runShellLine(runShellLine(undone, 'add 170').state, 'redo')).toThrow('nothing to redo');
    expect(() => runShellLine(fresh, 'undo')).toThrow('nothing to undo');
  });

  it.each([
    ['write out/a.exr', { kind: 'write', file: 'out/a.exr', force: false }],
    ['write "my file" --force', { kind: 'write', file: 'my file', force: true }],
    ['test', { kind: 'test', file: undefined, force: false }],
    ['preview', { kind: 'preview' }],
    ['save r.json', { kind: 'save', file: 'r.json', force: false }],
    ['quit', { kind: 'quit' }],
    ['exit', { kind: 'quit' }],
  ])('%s asks for something outside', (line, effect) => {
    expect(runShellLine(fresh, line).effect).toEqual(effect);
  });

  it('does nothing for an empty line or a remark', () => {
    expect(runShellLine(fresh, '   ')).toEqual({ state: fresh, lines: [] });
    expect(runShellLine(fresh, '# note')).toEqual({ state: fresh, lines: [] });
  });

  it('help lists every command with its synonyms', () => {
    for (const line of ['?', 'help']) {
      const text = say(fresh, line).join('\n');
      for (const { name } of SHELL_COMMANDS) expect(text).toContain(name);
    }
    expect(say(fresh, '?add')).toEqual(say(fresh, 'help split'));
  });

  it.each([
    ['bogus', 'there is no command "bogus"'],
    ['hist 3 4', 'there is no command "hist"'],
    ['add', 'add takes 1 to 2 arguments, not 0'],
    ['add x', '"x" is not a number'],
    ['add NaN', '"NaN" is not a number'],
    ['add ""', '"" is not a number'],
    ['allocate 0', 'allocate takes 2 arguments'],
    ['allocate 0 -1', '-1 levels cannot be allocated'],
    ['allocate -1 5', 'there is no split -1'],
    ['allocate 0 1e3', '1000 levels cannot be allocated'],
    ['allocate 9 1', 'there is no split 9'],
    ['flag 7', 'there is no split 7'],
    ['flag 0 test nocolor', 'is not a color'],
    ['rename 0 3', 'cannot be a name'],
    ['region 0 red', 'is not a region'],
    ['clearflag 0 none', 'has no flag'],
    ['remove 0', 'the only split'],
    ['getpixel -1 0', 'not a pixel of the map'],
    ['getpixel 4 0', 'not a pixel of the map'],
    ['getpixel 1.5 0', 'not a pixel of the map'],
    ['inspect x', 'there is no split "x"'],
    ['show_splits now', 'show_splits takes no arguments, not 1'],
    ['compression maybe', 'no argument, on or off'],
    ['save', 'save takes 1 to 2 arguments'],
    ['write a b', 'one file can be named, not 2'],
    ['rename 0 "open', 'has no end'],
  ])('says what is wrong with: %s', (line, message) => {
    expect(() => runShellLine(fresh, line)).toThrow(message);
  });

  it('writes nothing while the splits have too many levels together', () => {
    const state = after('add 150', 'allocate 1 1');
    for (const line of ['write', 'save r.json']) {
      expect(() => runShellLine(state, line)).toThrow('257 levels are allocated');
    }
    expect(say(state, 'totals')[0]).toContain('1 too many');
  });

  it('survives any line: it answers, or refuses and stays as it was', () => {
    const word = fc.oneof(
      fc.constantFrom('0', '1', '-1', '150', '1e99', 'NaN', 'Default', '"', "'", '\\', '--force', 'label', '#', '?'),
      fc.constantFrom(...SHELL_COMMANDS.map(({ name }) => name)),
      fc.string({ maxLength: 5 }),
    );
    const line = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        let state = fresh;
        for (const text of lines) {
          try {
            state = runShellLine(state, text).state;
          } catch (error) {
            expect(error).toBeInstanceOf(MaskwrightError);
          }
          const { splits } = state.plan;
          expect(splits[0]!.start).toBe(100);
          expect(splits.at(-1)!.end).toBe(200.01);
          splits.forEach(({ start, end }, i) => {
            expect(start).toBeLessThan(end);
            if (i > 0) expect(start).toBe(splits[i - 1]!.end);
          });
          expect(Number.isInteger(totalLevels(splits))).toBe(true);
        }
      }),
      { numRuns: propertyRuns(500) },
    );
  });
});

describe('completion', () => {
  const state = after('add 150 back', 'add 170 "far away"');

  it.each([
    ['al', ['allocate '], 'al'],
    ['re', ['remove ', 'rename ', 'region ', 'redo '], 're'],
    ['allocate B', ['back '], 'B'],
    ['inspect ', ['Default ', 'back ', '"far away" '], ''],
    ['flag back t', ['test '], 't'],
    ['help qu', ['quit '], 'qu'],
    ['nonsense x', [], 'x'],
  ])('of %j', (line, candidates, typed) => {
    const [found, word] = completeShellLine(state, line);
    expect(found.toSorted()).toEqual(candidates.toSorted());
    expect(word).toBe(typed);
  });
});

describe('words', () => {
  it('are split at spaces outside of quotes', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(splitWords(words.map(quoteWord).join(' '))).toEqual(words);
      }),
    );
  });

  it.each([
    ['a  b', ['a', 'b']],
    [String.raw`C:\maps\a.exr`, [String.raw`C:\maps\a.exr`]],
    [String.raw`a\ b 'c "d'`, ['a b', 'c "d']],
    ['""', ['']],
  ])('%s', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });
});
