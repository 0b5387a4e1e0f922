import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findChromium } from '../support/chromium.js';

// A browser on a busy machine takes its time; each step has a limit of its own.
vi.setConfig({ testTimeout: 240_000 });

const executablePath = findChromium();
const PROGRAM = resolve('bin/maskwright.js');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
const env = { ...process.env, MASKWRIGHT_MODEL: 'tiny', NO_COLOR: '1' };

const CONTROLS = new Set(['button', 'slider', 'textbox', 'combobox', 'radio', 'switch', 'spinbutton', 'application']);

interface Studio {
  readonly address: string;
  readonly child: ChildProcess;
}

// On CI a missing browser is a failure.
describe.skipIf(executablePath === undefined && process.env['CI'] === undefined)('the studio in Chromium', () => {
  const root = mkdtempSync(join(tmpdir(), 'maskwright-studio-'));
  const problems: string[] = [];
  let browser: Browser;
  let context: BrowserContext;
  let folder: string;
  let shared: Studio;
  const running: Studio[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: FLAGS });
    const bin = join(root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'maskwright'), `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
    chmodSync(join(bin, 'maskwright'), 0o755);
    folder = join(root, 'images');
    mkdirSync(folder);
    const small = sharp('examples/still-life.png').resize(480, 320);
    await Promise.all([
      small.clone().toFile(join(folder, 'a photo.png')),
      small.clone().flop().toFile(join(folder, 'b.png')),
    ]);
    shared = await startStudio('a photo.png', 'b.png');
  });

  afterAll(async () => {
    await browser.close();
    running.forEach(({ child }) => child.kill());
    rmSync(root, { recursive: true, force: true });
  });

  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(120_000);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    problems.length = 0;
  });

  afterEach(async () => {
    await context.close();
    rmSync(join(folder, 'outputs'), { recursive: true, force: true });
    rmSync(`${folder} again`, { recursive: true, force: true });
  });

  function startStudio(...args: readonly string[]): Promise<Studio> {
    return new Promise((done, reject) => {
      const child = spawn(process.execPath, [PROGRAM, 'studio', ...args, '--no-open'], { cwd: folder, env });
      child.stdout.once('data', (line: Buffer) => {
        const studio = { address: String(line).trim(), child };
        running.push(studio);
        done(studio);
      });
      child.once('exit', (code) => reject(new Error(`the studio ended with ${code}`)));
    });
  }

  async function openPage({ address } = shared): Promise<Page> {
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith(address) && !/^(blob|data):/.test(request.url())) problems.push(request.url());
    });
    await page.goto(address);
    await page.locator('.title b').waitFor();
    return page;
  }

  const measure = (page: Page) => page.getByTestId('measure');

  /** The selected share that the page shows, once it is not `before` any more. */
  async function shareAfter(page: Page, before = ''): Promise<string> {
    await expect.poll(() => measure(page).textContent(), { timeout: 120_000 }).not.toBe(before);
    return (await measure(page).textContent())!;
  }

  async function prompt(page: Page, text: string): Promise<void> {
    await page.getByLabel('What to select').fill(text);
    await page.getByLabel('What to select').press('Enter');
    for (const part of text.split('; ')) {
      await page.locator('.layer', { hasText: part }).locator('.badge').waitFor();
    }
  }

  /** Drags over the image from one place to another, as shares of its width and height. */
  async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
    const { x, y, width, height } = (await page.locator('.stage').boundingBox())!;
    const zoom = Math.min((width - 48) / 480, (height - 48) / 320, 4);
    const at = ([u, v]: readonly [number, number]): [number, number] => [
      x + width / 2 + (u - 0.5) * 480 * zoom,
      y + height / 2 + (v - 0.5) * 320 * zoom,
    ];
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at(to), { steps: 4 });
    await page.mouse.up();
  }

  /** The files of a folder by their names. */
  function filesOf(path: string): Record<string, Buffer> {
    return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name))]));
  }

  /** Runs what was copied in a copy of the folder, in a shell, and compares every file with what the page saved. */
  function expectSameBytes(command: string): void {
    const saved = filesOf(join(folder, 'outputs'));
    const again = `${folder} again`;
    cpSync(folder, again, { recursive: true });
    for (const name of Object.keys(saved)) {
      if (!name.includes('retouch')) rmSync(join(again, 'outputs', name));
    }
    const path = `${join(root, 'bin')}:${process.env['PATH']}`;
    execFileSync('sh', ['-c', command], { cwd: again, env: { ...env, PATH: path }, stdio: 'pipe' });
    const made = filesOf(join(again, 'outputs'));
    expect(Object.keys(made).sort()).toEqual(Object.keys(saved).sort());
    for (const [name, data] of Object.entries(saved)) {
      expect(made[name]!.equals(data), name).toBe(true);
    }
  }

  async function copied(page: Page, button: string): Promise<string> {
    await page.getByRole('button', { name: button }).click();
    await page.locator('.notice', { hasText: `${button.replace('Copy as ', '')} copied` }).waitFor();
    return page.evaluate<string>('navigator.clipboard.readText()');
  }

  async function save(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.notice', { hasText: 'Saved' }).waitFor({ timeout: 120_000 });
  }

  it('from a prompt, sliders, brush and eraser to files; the copied command writes the same bytes', async () => {
    const page = await openPage();
    await prompt(page, 'orange');
    const detected = await shareAfter(page);
    await page.getByLabel('Grow in px').fill('4');
    // What is shown anew meanwhile leaves a number that is being typed alone.
    await page.getByRole('slider', { name: 'Feather' }).dispatchEvent('input');
    await page.evaluate('new Promise(requestAnimationFrame)');
    await expect(page.getByLabel('Grow in px').inputValue()).resolves.toBe('4');
    await page.getByLabel('Grow in px').press('Enter');
    const grown = await shareAfter(page, detected);
    await page.getByRole('button', { name: 'Brush' }).click();
    await drag(page, [0.7, 0.2], [0.8, 0.3]);
    const painted = await shareAfter(page, grown);
    await page.getByRole('button', { name: 'Eraser' }).click();
    await drag(page, [0.8, 0.3], [0.82, 0.3]);
    const erased = await shareAfter(page, painted);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => measure(page).textContent()).toBe(painted);
    await page.getByRole('button', { name: 'Redo' }).click();
    await expect.poll(() => measure(page).textContent()).toBe(erased);
    await page.locator('.findings li:not(.pending)').first().waitFor();

    await save(page);
    const command = await copied(page, 'Copy as command');
    expect(command).toMatch(/^maskwright inpaint 'a photo.png' -p orange 0.5 --grow 4 --retouch-add 'outputs\/a photo/);
    expectSameBytes(command);
    // The page's own engine and the server's select the same pixels.
    const alpha = await sharp(join(folder, 'outputs/a photo.comfyui.image.png')).extractChannel(3).raw().toBuffer();
    const share = alpha.filter((value) => value < 128).length / alpha.length;
    expect(erased).toContain(`${(share * 100).toFixed(1)} %`);
    expect(problems).toEqual([]);
  });

  it('points, a wand and layers that subtract, copied as command and as recipe: the same bytes', async () => {
    const page = await openPage();
    await prompt(page, 'orange; lemon');
    await page.locator('.layer', { hasText: 'lemon' }).locator('select').selectOption('subtract');
    await page.getByRole('button', { name: 'Point', exact: true }).click();
    await drag(page, [0.28, 0.55], [0.28, 0.55]);
    await page.locator('.layer', { hasText: '1 point' }).waitFor();
    await page.getByRole('button', { name: 'Wand' }).click();
    await page.keyboard.down('Alt');
    await drag(page, [0.6, 0.05], [0.6, 0.05]);
    await page.keyboard.up('Alt');
    await page.locator('.layer', { hasText: 'Wand' }).waitFor();
    await page.getByLabel('What', { exact: true }).selectOption('mask');
    await save(page);
    const command = await copied(page, 'Copy as command');
    expect(command).toMatch(/^maskwright run - <</);
    expectSameBytes(command);
    rmSync(`${folder} again`, { recursive: true });
    // The command reads this recipe from standard input.
    const recipe = await copied(page, 'Copy as recipe');
    expect(command).toBe(`maskwright run - <<'RECIPE'\n${recipe}RECIPE\n`);
    expect(problems).toEqual([]);
  });

  it('a problem of a prompt is shown at its place, and an absent thing is called absent', async () => {
    const page = await openPage();
    await page.getByLabel('What to select').fill('orange AND');
    const caret = (await page.locator('.problem pre').textContent())!.split('\n');
    expect(caret[1]!.indexOf('^')).toBe('orange AND'.length);
    await expect(page.getByRole('button', { name: 'Detect' }).isDisabled()).resolves.toBe(true);
    // Whatever is changed meanwhile, a phrase is asked for once.
    let requests = 0;
    let answer = (): void => {};
    const held = new Promise<void>((done) => (answer = done));
    await page.route('**/detect', async (route) => {
      requests++;
      await held;
      await route.continue();
    });
    await page.getByLabel('What to select').fill('orange');
    await page.getByLabel('What to select').press('Enter');
    for (const pixels of ['2', '0']) {
      await page.getByLabel('Grow in px').fill(pixels);
      await page.getByLabel('Grow in px').press('Enter');
    }
    answer();
    await page.locator('.layer', { hasText: 'orange' }).locator('.badge').waitFor();
    expect(requests).toBe(1);
    // It has one part: clicked off, and back.
    const detected = await shareAfter(page);
    await page.getByRole('button', { name: 'Part', exact: true }).click();
    await drag(page, [0.267, 0.728], [0.267, 0.728]);
    await expect.poll(() => measure(page).textContent(), { timeout: 60_000 }).toBe('Nothing is selected');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => measure(page).textContent(), { timeout: 60_000 }).toBe(detected);
    await page.getByLabel('Threshold').last().fill('1');
    await page.getByLabel('Threshold').last().press('Enter');
    await page.locator('.badge.absent').waitFor();
    expect(await shareAfter(page)).toBe('Nothing is selected');
    expect(problems).toEqual([]);
  });

  it('by keys alone: prompt, views, brush, undo, and after a reload everything is there', async () => {
    const page = await openPage();
    await page.keyboard.press('/');
    await page.keyboard.type('orange');
    await page.keyboard.press('Enter');
    await page.locator('.badge').waitFor();
    const detected = await shareAfter(page);
    await page.keyboard.press('Escape');
    // From the prompt back to the canvas.
    await page.locator('.stage').focus();
    await page.keyboard.press('3');
    await expect(page.getByRole('radio', { name: 'Mask' }).isChecked()).resolves.toBe(true);
    await page.keyboard.press('b');
    await page.keyboard.press(']');
    await page.keyboard.press('Enter');
    const painted = await shareAfter(page, detected);
    await page.keyboard.press('Control+z');
    await expect.poll(() => measure(page).textContent()).toBe(detected);
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => measure(page).textContent()).toBe(painted);
    await page.reload();
    await expect.poll(() => measure(page).textContent(), { timeout: 120_000 }).toBe(painted);
    // What a screen reader says: every control has a name.
    const devtools = await context.newCDPSession(page);
    const { nodes } = await devtools.send('Accessibility.getFullAXTree');
    const controls = nodes.filter(({ ignored, role }) => !ignored && CONTROLS.has(String(role?.value)));
    expect(controls.length).toBeGreaterThan(30);
    expect(controls.filter(({ name }) => !name?.value).map(({ role }) => role?.value)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('a batch is reviewed: what is accepted is written, and the list names the rest', async () => {
    const page = await openPage(await startStudio('.', '--accept-list', 'review.json', '--output-dir', 'masks'));
    await prompt(page, 'orange');
    await shareAfter(page);
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.locator('.title b', { hasText: 'b.png' }).waitFor();
    // The prompt goes with it, and its mask is the mirrored one.
    await page.locator('.layer', { hasText: 'orange' }).locator('.badge').waitFor();
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByText('1 accepted, 1 rejected, 0 to go').waitFor();
    expect(JSON.parse(readFileSync(join(folder, 'review.json'), 'utf8'))).toEqual({
      accepted: ['a photo.png'],
      rejected: ['b.png'],
      open: [],
    });
    expect(existsSync(join(folder, 'masks/a photo.comfyui.json'))).toBe(true);
    expect(readdirSync(join(folder, 'masks')).some((name) => name.startsWith('b.'))).toBe(false);
    expect(problems).toEqual([]);
  });

  it('a lost server is named, and the page goes on when it is back', async () => {
    const studio = await startStudio('b.png');
    const page = await openPage(studio);
    await prompt(page, 'orange');
    studio.child.removeAllListeners('exit');
    studio.child.kill();
    await page.getByLabel('What to select').fill('lemon');
    await page.getByLabel('What to select').press('Enter');
    const lost = page.getByText('The server does not answer. What you did is kept');
    await lost.waitFor();
    await startStudio('b.png', '--port', new URL(studio.address).port);
    await lost.waitFor({ state: 'detached', timeout: 120_000 });
    await page.locator('.layer', { hasText: 'lemon' }).locator('.badge').waitFor({ timeout: 120_000 });
    await expect(page.locator('.layer', { hasText: 'orange' }).count()).resolves.toBe(1);
  });
});
