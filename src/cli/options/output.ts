import type { Options } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import { namingFor, outputPath, stemOf } from '../../io/files/output-names.js';

export interface OutputArguments {
  readonly out?: string | undefined;
  readonly outdir?: string | undefined;
  readonly name: string;
}

/** Beside `--out` of a command that writes one image for each: where those of many go. */
export const outputOptions = {
  outdir: { type: 'string', describe: 'folder for the results of several images', group: 'Output:' },
  name: {
    type: 'string',
    default: '{stem}.{kind}.{ext}',
    describe: 'how results in --outdir are named; also {parent} {index}',
    group: 'Output:',
  },
} as const satisfies Record<string, Options>;

/**
 * What each input's result is called: the one named file, or a name made in the folder of the results.
 * Throws `USAGE` where the one is named for many, or nothing is.
 */
export function outputNames(
  { out, outdir, name }: OutputArguments,
  inputs: readonly InputFile[],
  kind: string,
): (input: InputFile, index: number) => string {
  if (out !== undefined && outdir === undefined && inputs.length === 1) {
    return () => out;
  }
  if (out !== undefined || outdir === undefined) {
    const what = inputs.length === 1 ? 'one image needs --out or --outdir' : `${inputs.length} images need --outdir`;
    throw new MaskwrightError('USAGE', `${what}${out === undefined ? '' : ', and not --out'}`, {
      hint: 'for example --outdir ready',
    });
  }
  return (input, index) =>
    outputPath(namingFor({ outdir, name }, input, index, inputs.length), {
      stem: stemOf(input.path),
      text: kind,
      kind,
      ext: 'png',
    });
}
