import { describeDepthEnd } from '../depth/select-depth.js';
import { filesOf as filesOfPrompt } from '../prompts/index.js';
import { stemOf } from '../io/files/output-names.js';
import type { MaskSource } from './sources.js';

/** How a source is named in messages and file names: its words, its file, its channel. */
export function labelOf(source: MaskSource): string {
  switch (source.kind) {
    case 'text':
      return source.prompt.text;
    case 'file':
      return source.path;
    case 'channel':
      return source.channel;
    case 'key':
      return `#${source.color.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
    case 'depth': {
      const ends = [source.near, source.far].map((end) => (end === undefined ? '' : describeDepthEnd(end)));
      return `${stemOf(source.path)} ${ends.join('-')}`;
    }
  }
}

/** The files that sources are read from; a depth map whose name depends on the image is left out. */
export function filesOf(sources: readonly MaskSource[]): string[] {
  return sources.flatMap((source) => {
    switch (source.kind) {
      case 'text':
        return filesOfPrompt(source.prompt.tree);
      case 'file':
        return [source.path];
      case 'depth':
        return [source.path, ...(source.recipe === undefined ? [] : [source.recipe])].filter(
          (path) => !path.includes('{stem}'),
        );
      case 'channel':
      case 'key':
        return [];
    }
  });
}
