import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manifestName } from '../../../src/io/files/manifest.js';
import { type BatchRecord, type TaskPlan, openBatchRecord } from '../../../src/run/resume.js';
import { temporaryFolder } from '../../support/folder.js';
import { temporaryPath } from '../../../src/io/files/temporary-files.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder(), name);

function planFor(name: string): TaskPlan {
  return { input: at(name), reads: [at(name), at('mask')], writes: [at(`out/${name}.1`), at(`out/${name}.2`)] };
}

function write(name: string, text: string): void {
  writeFileSync(at(name), text);
}

const open = (plans: TaskPlan[], options: unknown = { level: 1 }, resume = true): Promise<BatchRecord> =>
  openBatchRecord(plans, { outdir: at('out'), options, resume });

/** Two inputs, both done by an earlier run. */
async function doBoth(): Promise<TaskPlan[]> {
  mkdirSync(at('out'), { recursive: true });
  write('mask', 'mask');
  const plans = ['a', 'b'].map(planFor);
  const record = await open(plans);
  for (const [i, plan] of plans.entries()) {
    write('ab'[i]!, `content ${i}`);
    for (const path of plan.writes) writeFileSync(path, `result ${path.at(-1)} of ${i}`);
    await record.markDone(plan);
  }
  return plans;
}

async function doneOf(plans: TaskPlan[], options?: unknown): Promise<boolean[]> {
  const record = await open(plans, options);
  return Promise.all(plans.map((plan) => record.isDone(plan)));
}

describe('the record of a batch', () => {
  it('knows what is done and whole', async () => {
    expect(await doneOf(await doBoth())).toEqual([true, true]);
  });

  it.each<[string, () => void, boolean[]]>([
    ['an input changed', () => write('a', 'other'), [false, true]],
    ['an input is gone', () => rmSync(at('a')), [false, true]],
    ['a file read by all changed', () => write('mask', 'other'), [false, false]],
    ['a result is cut off', () => write('out/b.2', 'resul'), [true, false]],
    ['a result is gone', () => rmSync(at('out/b.1')), [true, false]],
    ['the manifest is gone', () => rmSync(at(`out/${manifestName()}`)), [false, false]],
    [
      'the manifest is torn',
      () => write(`out/${manifestName()}`, readFileSync(at(`out/${manifestName()}`), 'utf8').slice(0, -9)),
      [true, false],
    ],
    [
      'the manifest has other things in it',
      () => appendFileSync(at(`out/${manifestName()}`), 'null\n{"input":1}\n{'),
      [true, true],
    ],
  ])('knows what is not: %s', async (_, change, expected) => {
    const plans = await doBoth();
    change();
    expect(await doneOf(plans)).toEqual(expected);
  });

  it('knows that options and names have changed', async () => {
    const [a, b] = await doBoth();
    expect(await doneOf([a!, b!], { level: 2 })).toEqual([false, false]);
    expect(await doneOf([{ ...a!, writes: [...a!.writes, at('out/a.3')] }, b!])).toEqual([false, true]);
  });

  it('takes up behind a torn line', async () => {
    const plans = await doBoth();
    appendFileSync(at(`out/${manifestName()}`), '{"input":"c","ke');
    const record = await open(plans);
    await record.markDone(plans[0]!);
    expect(await doneOf(plans)).toEqual([true, true]);
  });

  it('ends with the entries in the order of the inputs, whatever the order they were done in', async () => {
    const plans = await doBoth();
    await (await open(plans)).finish();
    const inOrder = readFileSync(at(`out/${manifestName()}`), 'utf8');
    rmSync(at(`out/${manifestName()}`));
    const record = await open(plans);
    await record.markDone(plans[1]!);
    await record.markDone(plans[0]!);
    await record.finish();
    expect(readFileSync(at(`out/${manifestName()}`), 'utf8')).toBe(inOrder);
    expect(inOrder.split('\n')).toHaveLength(3);
  });

  it('forgets an input whose results another has written over', async () => {
    const [a, b] = await doBoth();
    const record = await open([a!, b!]);
    const thief = { input: at('b'), reads: [at('b')], writes: a!.writes };
    for (const path of thief.writes) writeFileSync(path, 'stolen');
    await record.markDone(thief);
    expect(await doneOf([a!, b!])).toEqual([false, true]);
  });

  it('clears away what dead processes left, and nothing else', async () => {
    const plans = await doBoth();
    // The name of this machine, as a temporary file of ours carries it.
    const host = /\.([0-9a-f]{8})-\d+-[0-9a-f]{8}\.tmp$/.exec(temporaryPath('a.png'))![1]!;
    const dead = [`.a.1.${host}-4194303-0123abcd.tmp`, `.a.2.${host}-${process.pid}-0123abcd.tmp`];
    const kept = [
      `.a.1.${host}-1-0123abcd.tmp`,
      '.a.1.00000000-4194303-0123abcd.tmp',
      '.notes.tmp',
      'a.1-0123abcd.tmp',
    ];
    for (const name of [...dead, ...kept]) write(`out/${name}`, '');
    await open(plans, {}, false);
    expect(dead.every((name) => existsSync(at(`out/${name}`)))).toBe(true);
    await open(plans);
    const left = readdirSync(at('out'));
    expect(left).toEqual(expect.arrayContaining(kept));
    expect(left).not.toEqual(expect.arrayContaining([dead[0]]));
    expect(left).not.toEqual(expect.arrayContaining([dead[1]]));
  });
});
