import { describe, expect, it } from 'vitest';
import { phraseThresholds, parsePrompt } from '../../../src/prompts/index.js';

const of = (prompt: string): Record<string, number> => Object.fromEntries(phraseThresholds(parsePrompt(prompt)));

describe('phraseThresholds', () => {
  it.each<[string, Record<string, number>]>([
    ['hair', {}],
    ['hair@0.6', { hair: 0.6 }],
    ['(hair OR beard)@0.6', { hair: 0.6, beard: 0.6 }],
    ['(hair OR beard@0.3)@0.6 AND face', { hair: 0.6, beard: 0.3 }],
    ['face AND NOT hair@0.6', { hair: 0.6 }],
    ['face - leaf{+8px}@0.7', {}],
    ['(NOT hair)@0.6', {}],
    ['(face XOR hair)@0.6', {}],
    ['(face - hair)@0.6', {}],
    ['hair#left@0.6', { hair: 0.6 }],
  ])('%s', (prompt, thresholds) => {
    expect(of(prompt)).toEqual(thresholds);
  });

  it.each(['hair OR hair@0.6', 'hair@0.6 AND face{+2} OR hair', 'hair@0.6 OR hair@0.7'])(
    'a phrase with different thresholds has none: %s',
    (prompt) => {
      expect(of(prompt)).toEqual({});
    },
  );
});
