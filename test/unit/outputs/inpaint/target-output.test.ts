import { expect, it } from 'vitest';
import { type TargetOutput, targetOutput } from '../../../../src/outputs/inpaint/target-output.js';
import type { ImageNaming } from '../../../../src/outputs/output.js';

function pathsOf(name: string, ...prompts: readonly string[]): string[] {
  const output: TargetOutput = {
    kind: 'target',
    name,
    target: 'comfyui',
    sizeFit: 'pad',
    fitTarget: false,
    masks: 'each',
  };
  const sources = prompts.map((prompt) => ({
    kind: 'prompt',
    prompt: { text: prompt },
  })) as unknown as ImageNaming['sources'];
  return targetOutput.plan(output, { outdir: 'out', root: 'out', stem: 'photo', sources }).map(({ path }) => path);
}

it('the files of several sources have the name of their source in them', () => {
  expect(pathsOf('{stem}.{kind}.{ext}', 'orange', 'bowl')).toEqual([
    'out/photo.orange.comfyui.image.png',
    'out/photo.orange.comfyui.stitch.png',
    'out/photo.orange.comfyui.json',
    'out/photo.bowl.comfyui.image.png',
    'out/photo.bowl.comfyui.stitch.png',
    'out/photo.bowl.comfyui.json',
  ]);
  expect(pathsOf('ready.png', 'orange', 'bowl').filter((path) => !path.includes('stitch'))).toEqual([
    'out/ready.orange.png',
    'out/ready.orange.comfyui.json',
    'out/ready.bowl.png',
    'out/ready.bowl.comfyui.json',
  ]);
  expect(new Set(pathsOf('{text}-{stem}.{kind}.{ext}', 'orange', 'bowl')).size).toBe(6);
});

it('the files of one source keep the name', () => {
  expect(pathsOf('{stem}.{kind}.{ext}', 'orange')[0]).toBe('out/photo.comfyui.image.png');
});
