import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, it } from 'vitest';
import sharp from 'sharp';
import { findInImage } from '../../src/run/library.js';
import { temporaryFolder } from '../support/folder.js';

const folder = temporaryFolder();
const PROGRAM = resolve('bin/maskwright.js');
const CLIENT = { name: 'test', version: '1' };

interface Answer {
  readonly isError?: boolean;
  readonly content: readonly { readonly type: string; readonly text?: string; readonly data?: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}

it('the tools answer the client of the SDK: files and base64, and nothing outside of the root', async () => {
  const root = folder();
  await sharp('examples/still-life.png').resize(240, 160).toFile(join(root, 'a.png'));
  copyFileSync('package.json', join(root, 'secret.json'));
  const image = readFileSync(join(root, 'a.png'));
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [PROGRAM, 'mcp', '--root', root, '--model', 'tiny'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const client = new Client(CLIENT);
  await client.connect(transport);
  const call = async (name: string, args: Record<string, unknown>): Promise<Answer> =>
    (await client.callTool({ name, arguments: args })) as Answer;
  try {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['find_mask', 'inpaint_image', 'check_mask', 'explain_prompt']);

    // The mask is that of the library.
    const found = await call('find_mask', { image: 'a.png', prompt: 'orange' });
    const png = Buffer.from(found.content.find(({ type }) => type === 'image')!.data!, 'base64');
    const pixels = await sharp(png).extractChannel(0).raw().toBuffer();
    const [expected] = await findInImage(image, 'orange', { model: 'tiny', cache: false });
    expect(pixels.equals(Buffer.from(expected!.mask.data))).toBe(true);
    const encoded = await call('find_mask', { image: image.toString('base64'), prompt: 'orange' });
    expect(encoded.structuredContent?.['share']).toBe(found.structuredContent?.['share']);

    // The mask as base64 makes the same pixels transparent, and keeps their colors.
    const args = { image: 'a.png', mask: png.toString('base64'), output: 'ready.png' };
    expect((await call('inpaint_image', args)).structuredContent?.['output']).toBe('ready.png');
    const ready = await sharp(join(root, 'ready.png')).raw().toBuffer();
    const original = await sharp(image).removeAlpha().raw().toBuffer();
    for (let i = 0; i < pixels.length; i++) {
      expect([ready[4 * i], ready[4 * i + 3]]).toEqual([original[3 * i], 255 - pixels[i]!]);
    }

    const checked = await call('check_mask', { image: 'ready.png', target: 'comfyui' });
    expect(checked.structuredContent).toEqual({ valid: true, findings: [] });
    const opaque = await call('check_mask', { image: 'a.png', target: 'comfyui' });
    expect(opaque.structuredContent?.['valid']).toBe(false);

    const explained = await call('explain_prompt', { prompt: 'fruit AND NOT pear' });
    expect(explained.structuredContent).toMatchObject({ prompts: [{ phrases: ['fruit', 'pear'] }] });

    writeFileSync(join(root, 'text.png'), 'not an image');
    for (const [name, refused, code] of [
      ['find_mask', { image: '/etc/passwd', prompt: 'orange' }, 'USAGE'],
      ['find_mask', { image: '../../etc/passwd', prompt: 'orange' }, 'USAGE'],
      ['find_mask', { image: 'a.png', prompt: 'orange', output: '../x.png' }, 'USAGE'],
      ['find_mask', { image: 'a.png', prompt: 'orange', output: 'a.png' }, 'OUTPUT_IS_INPUT'],
      ['find_mask', { image: 'a.png', prompt: 'orange AND' }, 'PROMPT_SYNTAX'],
      ['find_mask', { image: 'text.png', prompt: 'orange' }, 'INPUT_FORMAT'],
      ['inpaint_image', { image: 'a.png', mask: 'none.png' }, 'INPUT_NOT_FOUND'],
    ] as const) {
      const { isError, content } = await call(name, refused);
      expect(isError).toBe(true);
      expect(JSON.parse(content[0]!.text!)).toMatchObject({ code });
      expect(content[0]!.text).not.toContain(root);
    }
  } finally {
    await client.close();
  }
});

it('what is asked before the end of the input is answered; a root or model that is none is refused at the start', () => {
  const root = folder();
  copyFileSync('examples/still-life.png', join(root, 'a.png'));
  const messages = [
    { id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: CLIENT } },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/call', params: { name: 'find_mask', arguments: { image: 'a.png', prompt: 'orange' } } },
  ];
  const input = messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('');
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [PROGRAM, 'mcp', ...args], { input, encoding: 'utf8', cwd: root });
  const answered = run('--model', 'tiny');
  expect(
    answered.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: number }).id),
  ).toEqual([1, 2]);
  expect(answered.status).toBe(0);
  const noFolder = run('--root', 'a.png');
  expect([noFolder.status, noFolder.stdout]).toEqual([3, '']);
  expect(noFolder.stderr).toMatch(/^maskwright: there is no folder "a\.png"\n  .*--root\n$/);
  const noModel = run('--model', 'nothing');
  expect([noModel.status, noModel.stdout]).toEqual([4, '']);
});
