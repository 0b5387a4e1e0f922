import { MaskwrightError } from '../../errors.js';
import type { ExrChannel, ExrPart } from './exr-parts.js';

/** Where the depth of an EXR file is. */
export interface ExrChoice {
  readonly part: ExrPart;
  readonly partIndex: number;
  /** One channel, or three that have to be equal. */
  readonly channels: readonly ExrChannel[];
  /** Other channels that look like depth. */
  readonly others: readonly string[];
}

interface Candidate {
  readonly part: ExrPart;
  readonly partIndex: number;
  readonly channel: ExrChannel;
  /** Layer names and the channel's own, the part's name first where there are several parts. */
  readonly path: readonly string[];
}

/** Names that renderers give a depth channel or its layer: Z, Pz, depth, ZDepth, VRayZDepth, Depth0001, mist ... */
const DEPTH_WORD =
  /^(?:vray)?[ _-]?(?:p?z|depth|z[ _-]?depth|depth[ _-]?z|depth[ _-]?(?:map|pass)|z[ _-]?pass|distance|mist)[ _-]?\d*$/i;

/** What the one channel of a depth layer is called. */
const SOLE_LEAF = /^(?:[zyvrxdl]|value|depth)$/i;

/**
 * The depth channel of an EXR file. `wanted` names a channel, with or without its part (`depth.Z`); `part` restricts
 * the search to a part, by its name or number from 1. Otherwise, in this order: `Z`; `*.Z`; a channel called depth in
 * any usual way, or the channel of a layer or part called so (`VRayZDepth`, `depth.V`, `depth.R`); `Y`; the file's
 * only channel, whatever its name; R, G and B of the only layer, which have to be equal. The Z of a vector, beside an
 * X and a Y (normals, positions), is no depth.
 *
 * Throws `DEPTH_CHANNEL`, listing parts and channels.
 */
export function chooseExrChannel(
  name: string,
  parts: readonly ExrPart[],
  { channel: wanted, part: wantedPart }: { readonly channel?: string | undefined; readonly part?: string | undefined },
): ExrChoice {
  const searched = wantedPart === undefined ? parts : [findPart(name, parts, wantedPart)];
  const all: Candidate[] = searched.flatMap((part) =>
    part.channels.map((channel) => ({
      part,
      partIndex: parts.indexOf(part),
      channel,
      path: pathOf(part, channel, parts.length > 1),
    })),
  );
  if (wanted !== undefined) {
    const found = findChannel(all, wanted);
    if (found === undefined) {
      throw noChannel(`${name} has no channel ${JSON.stringify(wanted)}`, parts);
    }
    return { ...found, channels: [found.channel], others: [] };
  }
  const candidates = all.filter((candidate) => !isOfVector(candidate, all));
  const like = candidates.filter(looksLikeDepth);
  const ranked = [
    ...candidates.filter(({ channel }) => channel.name === 'Z'),
    ...candidates.filter(({ channel }) => /(?:^|\.)z$/i.test(channel.name)),
    ...like,
    ...candidates.filter(({ channel }) => channel.name === 'Y'),
    ...(all.length === 1 ? candidates : []),
  ];
  const chosen = ranked[0];
  if (chosen === undefined) {
    return chooseGray(name, parts, candidates);
  }
  const channels = tripleOf(chosen, candidates) ?? [chosen.channel];
  const others = [...new Set(ranked)].filter(
    (candidate) => candidate !== chosen && (candidate.part !== chosen.part || !channels.includes(candidate.channel)),
  );
  return {
    ...chosen,
    channels,
    others: chosen.channel.name === 'Y' ? [] : others.filter(looksLikeDepth).map(({ path }) => path.join('.')),
  };
}

/** `depth.Z, beauty.R`: every channel with its part. */
export function listExrChannels(parts: readonly ExrPart[]): string[] {
  return parts.flatMap((part) => part.channels.map((channel) => pathOf(part, channel, parts.length > 1).join('.')));
}

function pathOf(part: ExrPart, channel: ExrChannel, multipart: boolean): string[] {
  const own = channel.name.split('.');
  const isPrefixed = part.name !== undefined && channel.name.startsWith(`${part.name}.`);
  return multipart && part.name !== undefined && !isPrefixed ? [part.name, ...own] : own;
}

/** The Z of normals, positions or motion: of a layer that has X and Y as well, and is not called depth. */
function isOfVector(candidate: Candidate, all: readonly Candidate[]): boolean {
  const { path, part } = candidate;
  const [layer, leaf] = [path.slice(0, -1), path.at(-1)!];
  if (!/^[xyz]$/i.test(leaf) || DEPTH_WORD.test(layer.at(-1)?.split('.').at(-1) ?? '')) {
    return false;
  }
  const siblings = all.filter(
    (other) => other.part === part && other.path.length === path.length && layer.every((at, i) => other.path[i] === at),
  );
  return ['x', 'y', 'z'].every((axis) => siblings.some((other) => other.path.at(-1)!.toLowerCase() === axis));
}

function looksLikeDepth({ path }: Candidate): boolean {
  const leaf = path.at(-1)!;
  // Part and layer names may be paths themselves: `ViewLayer.Depth`.
  const layer = path.at(-2)?.split('.').at(-1);
  return DEPTH_WORD.test(leaf) || (layer !== undefined && DEPTH_WORD.test(layer) && SOLE_LEAF.test(leaf));
}

/** The R, G and B of the layer whose R was chosen. */
function tripleOf(chosen: Candidate, candidates: readonly Candidate[]): ExrChannel[] | undefined {
  const { name } = chosen.channel;
  if (!/(?:^|\.)r$/i.test(name)) {
    return undefined;
  }
  const layer = name.slice(0, -1);
  const own = candidates.filter(({ part }) => part === chosen.part).map(({ channel }) => channel);
  const triple = ['r', 'g', 'b'].map((leaf) =>
    own.find((channel) => channel.name.startsWith(layer) && channel.name.slice(layer.length).toLowerCase() === leaf),
  );
  return triple.every((channel) => channel !== undefined) ? triple : undefined;
}

/** Depth saved as a gray image: the R, G and B of the first layer that has them. */
function chooseGray(name: string, parts: readonly ExrPart[], candidates: readonly Candidate[]): ExrChoice {
  for (const candidate of candidates) {
    const channels = tripleOf(candidate, candidates);
    if (channels !== undefined) {
      return { ...candidate, channels, others: [] };
    }
  }
  throw noChannel(`${name} has no channel that looks like depth`, parts);
}

function findPart(name: string, parts: readonly ExrPart[], wanted: string): ExrPart {
  const found =
    parts.find((part) => part.name === wanted) ??
    parts.find((part) => part.name?.toLowerCase() === wanted.toLowerCase()) ??
    (/^\d+$/.test(wanted) ? parts[Number(wanted) - 1] : undefined);
  if (found === undefined) {
    throw new MaskwrightError('DEPTH_CHANNEL', `${name} has no part ${JSON.stringify(wanted)}`, {
      hint:
        parts.length === 1
          ? 'it has a single part: leave the part out'
          : `its parts are ${parts.map((part, i) => part.name ?? i + 1).join(', ')}`,
    });
  }
  return found;
}

function findChannel(candidates: readonly Candidate[], wanted: string): Candidate | undefined {
  const names = ({ channel, path }: Candidate): string[] => [channel.name, path.join('.')];
  const folded = wanted.toLowerCase();
  return (
    candidates.find((candidate) => names(candidate).includes(wanted)) ??
    candidates.find((candidate) => names(candidate).some((name) => name.toLowerCase() === folded))
  );
}

export function noChannel(message: string, parts: readonly ExrPart[]): MaskwrightError {
  const names = listExrChannels(parts);
  const shown = names.length > 24 ? `${names.slice(0, 24).join(', ')} and ${names.length - 24} more` : names.join(', ');
  return new MaskwrightError('DEPTH_CHANNEL', `${message}; it has ${shown}`, {
    hint: `choose one: --channel ${names[0]}`,
  });
}
