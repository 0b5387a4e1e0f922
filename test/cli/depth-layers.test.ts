import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/folder.js';
import { readPng } from '../support/read-png.js';

const isBoard = (color: number[]): boolean => color.every((sample) => sample === 96 || sample === 128);
const folder = temporaryFolder();
const example = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

it('the example of depth layers shows each thing in the layer of its depth, and the wall behind all of them', async () => {
  const output = join(folder(), 'sheet.png');
  const args = [example('depth-layers.mjs'), example('still-life.png'), example('still-life.exr'), output];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toContain('4 layers, the farthest first');
  const { width, samples, channels } = readPng(output);
  const colorAt = (tile: number, x: number, y: number): number[] => {
    const i = (((tile >> 1) * 341 + y) * width + (tile % 2) * 512 + x) * channels;
    return Array.from(samples.subarray(i, i + 3));
  };
  expect(width).toBe(1024);
  // The orange is in the nearest layer; the layers between have nothing there but a table, or nothing.
  const [orangeX, orangeY] = [130, 250];
  const [red, green, blue] = colorAt(3, orangeX, orangeY);
  expect(red! > 180 && green! > 70 && green! < 180 && blue! < 60).toBe(true);
  // Behind the bottle's neck there is wall, not a hole, and nothing of the bottle.
  const [neckX, neckY] = [102, 40];
  const neck = colorAt(2, neckX, neckY);
  expect(neck[1]).toBeGreaterThan(neck[0]! + 30);
  const wall = colorAt(0, neckX, neckY);
  expect(wall[0]).toBeGreaterThan(wall[2]! + 30);
  expect(wall[0]).toBeGreaterThan(180);
  for (let y = 5; y < 341; y += 12) {
    for (let x = 5; x < 512; x += 12) {
      expect(isBoard(colorAt(0, x, y))).toBe(false);
    }
  }
  expect(isBoard(colorAt(3, neckX, neckY))).toBe(true);
});
