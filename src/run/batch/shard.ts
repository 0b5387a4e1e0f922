import { createHash } from 'node:crypto';
import { MaskwrightError } from '../../errors.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import type { RecipeRun } from '../../recipe/plan-run.js';

/** One of several parts of a batch: `index` from 0, below `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const EXAMPLE = 'for example --shard 2/8: the second of eight parts; or --shard auto in an array job';

/**
 * The shard that a text names: `2/8` is the second of eight. `auto` takes it from the array job that this process is
 * one of: AWS Batch, a Slurm array, or an indexed Job of Kubernetes, which does not say how many there are: `auto/8`.
 *
 * Throws `OPTION_RANGE` for a shard that does not exist, `USAGE` where `auto` finds no array job.
 *
 * @example
 * parseShard('2/8'); // { index: 1, count: 8 }
 * parseShard('auto/8', { JOB_COMPLETION_INDEX: '3' }); // { index: 3, count: 8 }
 */
export function parseShard(text: string, environment: Environment = process.env): Shard {
  const [, place = '', size] = /^(auto|\d{1,9})(?:\/(\d{1,9}))?$/.exec(text.trim()) ?? [];
  if (place === '' || (place !== 'auto' && size === undefined)) {
    throw new MaskwrightError('OPTION_RANGE', `--shard is ${JSON.stringify(text)}, but must be i/n or auto`, {
      hint: EXAMPLE,
    });
  }
  const named = size === undefined ? undefined : Number(size);
  const shard = place === 'auto' ? shardOfJob(environment, named) : { index: Number(place) - 1, count: named! };
  if (shard.index < 0 || shard.index >= shard.count) {
    const name = place === 'auto' ? `${shard.index + 1}/${shard.count} by the environment` : text;
    const parts = shard.count < 1 ? 'there has to be a part' : `the parts are 1 to ${shard.count}`;
    throw new MaskwrightError('OPTION_RANGE', `--shard is ${name}, but ${parts}`, { hint: EXAMPLE });
  }
  return shard;
}

function shardOfJob(environment: Environment, named: number | undefined): Shard {
  const number = (name: string): number | undefined => {
    const value = environment[name];
    return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  };
  const slurm = number('SLURM_ARRAY_TASK_ID');
  const found = [
    ['AWS_BATCH_JOB_ARRAY_INDEX', number('AWS_BATCH_JOB_ARRAY_INDEX'), number('AWS_BATCH_JOB_ARRAY_SIZE')],
    ['JOB_COMPLETION_INDEX', number('JOB_COMPLETION_INDEX'), undefined],
    [
      'SLURM_ARRAY_TASK_ID',
      // An array may begin at any number, and count in steps.
      slurm && (slurm - (number('SLURM_ARRAY_TASK_MIN') ?? 0)) / (number('SLURM_ARRAY_TASK_STEP') ?? 1),
      number('SLURM_ARRAY_TASK_COUNT'),
    ],
  ] as const;
  const [variable, index, size] = found.find(([, value]) => value !== undefined) ?? [];
  if (variable === undefined || index === undefined) {
    throw new MaskwrightError('USAGE', '--shard auto finds no array job in the environment', {
      hint: 'it reads AWS_BATCH_JOB_ARRAY_INDEX, JOB_COMPLETION_INDEX and SLURM_ARRAY_TASK_ID; elsewhere: --shard 2/8',
    });
  }
  const count = named ?? size;
  if (count === undefined) {
    throw new MaskwrightError('USAGE', `--shard auto finds ${variable}, and not how many parts there are`, {
      hint: 'name their number: --shard auto/8',
    });
  }
  if (!Number.isInteger(index)) {
    throw new MaskwrightError('USAGE', `${variable} is not in steps of SLURM_ARRAY_TASK_STEP`, { hint: EXAMPLE });
  }
  return { index, count };
}

/**
 * Whether an input belongs to a shard. It is decided by SHA-256 of the path relative to what was named, so that every
 * machine splits alike, and that further files move none of the others.
 */
export function isInShard({ path, relativePath = path }: InputFile, { index, count }: Shard): boolean {
  const digest = createHash('sha256').update(relativePath.replaceAll('\\', '/')).digest();
  return digest.readUIntBE(0, 6) % count === index;
}

/** The part of a name that keeps the files of a shard apart from those of the others: `2-of-8`. */
export function shardName({ index, count }: Shard): string {
  return `${index + 1}-of-${count}`;
}

/** The places of the inputs of a shard among all inputs; all of them where there is no shard. */
export function placesInShard(inputs: readonly InputFile[], shard: Shard | undefined): number[] {
  const places = [...inputs.keys()];
  return shard === undefined ? places : places.filter((place) => isInShard(inputs[place]!, shard));
}

/** The part of a run that a shard does: its images keep the names, numbers and variables that they have in the whole. */
export function shardRun(run: RecipeRun, shard: Shard | undefined): RecipeRun {
  const places = placesInShard(run.inputs, shard);
  return { ...run, inputs: places.map((place) => run.inputs[place]!), at: (index) => run.at(places[index]!) };
}
