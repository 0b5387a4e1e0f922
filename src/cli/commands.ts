import type { CommandModule } from 'yargs';

/** What the top level knows of a command before it is asked for: so `--help` loads none of them. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly describe: string;
  readonly load: () => Promise<{ readonly command: CommandModule }>;
}

/** Every command, in the order of the help. A command's file exports `command`, a yargs module. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'mask',
    describe: 'find things by words: cut-outs and a mask for each phrase',
    load: () => import('./commands/mask.js'),
  },
  {
    name: 'inpaint',
    describe: 'a picture ready to inpaint: the selected pixels transparent, every colour kept',
    load: () => import('./commands/inpaint.js'),
  },
  {
    name: 'layers',
    describe: 'cut a picture into layers by depth, for parallax and for inpainting what lies behind',
    load: () => import('./commands/layers.js'),
  },
  {
    name: 'run',
    describe: 'a recipe: sources, shape and outputs in a file, over many pictures',
    load: () => import('./commands/run.js'),
  },
  {
    name: 'models',
    describe: 'list, download, check and remove the networks that find things',
    load: () => import('./commands/models.js'),
  },
  {
    name: 'completion',
    describe: 'a script that completes commands and options in a shell, or the manual page',
    load: () => import('./commands/completion.js'),
  },
];
