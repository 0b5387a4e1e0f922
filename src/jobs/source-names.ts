import { filesOf as filesOfPrompt } from '../prompts/index.js';
import type { MaskSource } from './sources.js';

/** How a source is named in messages and file names: its words, or its file. */
export function labelOf(source: MaskSource): string {
  return source.kind === 'text' ? source.prompt.text : source.path;
}

/** The files that sources are read from. */
export function filesOf(sources: readonly MaskSource[]): string[] {
  return sources.flatMap((source) => (source.kind === 'file' ? [source.path] : filesOfPrompt(source.prompt.tree)));
}
