import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/closest-match.js';
import { normalizeArguments, THRESHOLD_SEPARATOR as SEP } from '../../../src/cli/normalize-arguments.js';

describe('normalizeArguments', () => {
  it.each([
    // Options whose value may be left out: an image behind them is an image, and what is none is a value.
    [
      ['mask', '--detail', 'high', '--refine', 'a.png'],
      ['mask', '--detail=high', '--refine=fast', 'a.png'],
    ],
    [
      ['mask', '--refine', 'best', '--matte', '5', '--trim', '2%', '--detail', 'tiles=2'],
      ['mask', '--refine=best', '--matte=5', '--trim=2%', '--detail=tiles=2'],
    ],
    [
      ['mask', '--matte', 'src', '--trim', '-o', 'x.png', '--detail', 'photos/*', '--refine', '-'],
      [
        'mask',
        '--matte=auto',
        'src',
        '--trim=1%',
        '-o',
        'x.png',
        '--detail=parts',
        'photos/*',
        '--refine=fast',
        '\u001e',
      ],
    ],
    [
      ['!mask', 'a.png'],
      ['mask', 'a.png'],
    ],
    [
      ['mask', 'a.png', '-tm', 'orange'],
      ['mask', 'a.png', '--prompt="orange"'],
    ],
    [
      ['mask', 'a.png', '-tm', 'orange', '0.4', '-v'],
      ['mask', 'a.png', `--prompt="orange${SEP}0.4"`, '-v'],
    ],
    [
      ['mask', '--text_mask', 'a b', '.3', 'x.png'],
      ['mask', `--text_mask="a b${SEP}.3"`, 'x.png'],
    ],
    [
      ['mask', '-tm=hair', 'x.png'],
      ['mask', '--prompt="hair"', 'x.png'],
    ],
    [
      ['mask', '-p', '-3', 'x.png'],
      ['mask', '--prompt="-3"', 'x.png'],
    ],
    [
      ['comp', '-itm', 'sky', '1.5'],
      ['comp', `--inverted-text-mask="sky${SEP}1.5"`],
    ],
    [
      ['mask', '-tm', '"salt AND pepper"', 'x.png'],
      ['mask', '--prompt=""salt AND pepper""', 'x.png'],
    ],
    [
      ['mask', 'x.png', '-tm'],
      ['mask', 'x.png', '--prompt'],
    ],
    [
      ['mask', '--', '-tm', '--x', 'y'],
      ['mask', './-tm', './--x', 'y'],
    ],
    [
      ['--point', '-1,20', '--box', '-5%,0,10,10', '--wand', '3,4', '--point', '-q'],
      ['--point=-1,20', '--box=-5%,0,10,10', '--wand', '3,4', '--point', '-q'],
    ],
  ])('%j becomes %j', (given, expected) => {
    expect(normalizeArguments(given)).toEqual(expected);
  });
});

describe('nearest', () => {
  it('suggests the option nearest to a mistyped one, and nothing that is far from it', () => {
    expect(nearest('treshold', ['threshold', 'text-mask'])).toBe('threshold');
    expect(nearest('overlays', ['overlay', 'outdir'])).toBe('overlay');
    expect(nearest('frobnicate', ['threshold', 'outdir'])).toBeUndefined();
  });
});
