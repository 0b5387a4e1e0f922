import { describe, expect, it } from 'vitest';
import { describeNextStep } from '../../../../src/inpaint/targets/prepare-for-target.js';
import { findTarget, TARGETS } from '../../../../src/inpaint/targets/target-table.js';

describe('the table of targets', () => {
  it('has a name of its own for each, a source, and a next step naming its files', () => {
    expect(new Set(TARGETS.map(({ name }) => name)).size).toBe(TARGETS.length);
    for (const target of TARGETS) {
      const step = describeNextStep(target, { image: 'IMAGE.png', mask: 'MASK.png' }, { width: 640, height: 480 });
      expect(step).toContain('IMAGE.png');
      expect(step.includes('MASK.png')).toBe(target.carrier !== 'image-alpha');
      expect(step).not.toMatch(/\{(image|mask|width|height)\}/);
      expect(target.source).not.toBe('');
      expect(target.date).toMatch(/^\d{4}-\d{2}$/);
      expect(target.paints === 'transparent').toBe(target.carrier !== 'mask-file');
    }
  });

  it('finds targets by the names that people type', () => {
    const names = ['comfy', 'automatic1111', 'sd-webui', 'invoke', 'dalle', 'gpt-image-2'];
    expect(names.map((name) => findTarget(name).name)).toEqual([
      'comfyui',
      'a1111',
      'a1111',
      'invokeai',
      'openai-dalle2',
      'openai-gpt-image-2',
    ]);
  });

  it('has no name or alias twice', () => {
    const names = TARGETS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  // Conventions as published by each program or service; see the source of each record.
  it.each([
    ['invokeai', 'black', 8, 'soft'],
    ['a1111', 'white', 8, 'binary'],
    ['comfyui', 'transparent', 8, 'soft'],
    ['diffusers', 'white', 8, 'binary'],
    ['flux-fill', 'white', 16, 'binary'],
    ['bfl-api', 'white', 1, 'binary'],
    ['openai', 'transparent', 1, 'binary'],
    ['openai-gpt-image-2', 'transparent', 16, 'binary'],
    ['replicate-sd', 'white', 8, 'binary'],
    ['ideogram', 'black', 1, 'binary'],
    ['nova-canvas', 'black', 1, 'binary'],
    ['recraft', 'white', 1, 'binary'],
    ['iopaint', 'white', 1, 'binary'],
  ] as const)('%s paints what is %s, in multiples of %i, with %s values', (name, paints, multipleOf, values) => {
    expect(findTarget(name)).toMatchObject({ paints, multipleOf, values });
  });

  it('names all targets when there is no such target', () => {
    expect(() => findTarget('photoshop')).toThrow(/no target "photoshop"/);
    expect(findTarget('ComfyUI').name).toBe('comfyui');
  });
});
