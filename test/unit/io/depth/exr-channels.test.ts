import { describe, expect, it } from 'vitest';
import { chooseExrChannel } from '../../../../src/io/depth/exr-channels.js';
import type { ExrPart } from '../../../../src/io/depth/exr-parts.js';

/** Files by the names of their channels, sorted as in a file. */
function part(...names: readonly string[]): ExrPart {
  return { channels: names.toSorted().map((name) => ({ name })) } as unknown as ExrPart;
}

describe('the depth channel of an EXR file', () => {
  // Names from the manuals of the programs: Blender 4 and 5, V-Ray, Houdini, Nuke, Redshift, Octane.
  it.each<[string, string[]]>([
    [
      'ViewLayer.Depth.Z',
      ['ViewLayer.Combined.R', 'ViewLayer.Combined.G', 'ViewLayer.Combined.B', 'ViewLayer.Depth.Z'],
    ],
    ['ViewLayer.Depth.V', ['ViewLayer.Depth.V', 'ViewLayer.Normal.X', 'ViewLayer.Normal.Y', 'ViewLayer.Normal.Z']],
    ['VRayZDepth.R', ['R', 'G', 'B', 'VRayZDepth.R', 'VRayZDepth.G', 'VRayZDepth.B']],
    ['Pz', ['C.r', 'C.g', 'C.b', 'N.x', 'N.y', 'N.z', 'P.x', 'P.y', 'P.z', 'Pz']],
    ['depth.Z', ['R', 'G', 'B', 'depth.Z', 'norm.x', 'norm.y', 'norm.z']],
    ['DepthZ', ['R', 'G', 'B', 'DepthZ']],
    ['Z Depth.R', ['R', 'G', 'B', 'Z Depth.R', 'Z Depth.G', 'Z Depth.B']],
    ['depth.Z', ['depth.X', 'depth.Y', 'depth.Z']],
    ['Z', ['R', 'G', 'B', 'Z', 'motion.X', 'motion.Y']],
  ])('is %s of %j', (expected, names) => {
    expect(chooseExrChannel('a.exr', [part(...names)], {}).channels[0]!.name).toBe(expected);
  });

  it.each([
    [['N.x', 'N.y', 'N.z']],
    [['X', 'Y', 'Z']],
    [['A', 'ViewLayer.Position.X', 'ViewLayer.Position.Y', 'ViewLayer.Position.Z']],
  ])('is none of the vectors %j, unless it is named', (names) => {
    expect(() => chooseExrChannel('a.exr', [part(...names)], {})).toThrow(/has no channel that looks like depth/);
    const channel = names.at(-1)!;
    expect(chooseExrChannel('a.exr', [part(...names)], { channel }).channels[0]!.name).toBe(channel);
  });
});
