import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * The number of threads to compute with: the physical cores that this process may use. More threads than
 * cores make a model slower.
 */
export function computeThreads(): number {
  return Math.max(1, Math.min(availableParallelism(), physicalCores(), Math.ceil(cgroupQuota())));
}

/** Physical cores. Hyper-threads share one; only Linux says which do, elsewhere `availableParallelism` is the limit. */
function physicalCores(): number {
  const folder = '/sys/devices/system/cpu';
  try {
    const siblings = readdirSync(folder)
      .filter((name) => /^cpu\d+$/.test(name))
      .map((name) => readFileSync(`${folder}/${name}/topology/thread_siblings_list`, 'utf8').trim());
    return siblings.length === 0 ? Infinity : new Set(siblings).size;
  } catch {
    return Infinity;
  }
}

/** Cores that a container may use on average: `cpu.max` is `<quota> <period>`, or `max <period>`. */
function cgroupQuota(): number {
  try {
    const [quota, period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').trim().split(' ').map(Number);
    return quota! > 0 && period! > 0 ? quota! / period! : Infinity;
  } catch {
    return Infinity;
  }
}
