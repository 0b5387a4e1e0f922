import { type ChannelPaths, channelPaths, makeChannels } from './channel-output.js';
import { parseChannel } from '../engine/color/channel-names.js';
import { type OutputOf, type ImageNaming, type PlannedFile, type Renderer, withKinds } from './renderer.js';

type Channel = OutputOf<'channel'>;

export const channel: Renderer<Channel> = {
  plan: (output, _, naming) => plannedFiles(pathsOf(output, naming)),
  render: async (output, { image, naming, provenance }) => {
    const { normalize, blackPoint, whitePoint, grayPoint, invert, within } = output;
    const levels = { normalize, blackPoint, whitePoint, grayPoint, invert };
    const paths = pathsOf(output, naming);
    const { files, warnings } = await makeChannels(image, paths, { levels, within, provenance });
    return { files: withKinds(files, plannedFiles(paths)), warnings };
  },
};

function pathsOf({ channels, sheet, name }: Channel, { outdir, stem }: ImageNaming): ChannelPaths {
  return channelPaths(stem, { channels: channels.map(parseChannel), sheet, naming: { outdir, name } });
}

function plannedFiles({ channels, sheet }: ChannelPaths): PlannedFile[] {
  return [
    ...channels.map(([, path]) => ({ kind: 'channel', path })),
    ...(sheet === undefined ? [] : [{ kind: 'sheet', path: sheet }]),
  ];
}
