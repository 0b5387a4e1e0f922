import { EXPORT_FORMATS, type ExportFormat } from '../../../io/export/annotation.js';
import { MaskwrightError } from '../../../errors.js';
import { STDIO } from '../../../io/files/read-input.js';
import type { RecipeInput } from '../../../recipe/schema.js';
import type { ArgumentsOf, OptionTable } from '../../command.js';
import { type OutputArguments, placeFrom } from '../output-options.js';

const group = 'Output:';

/** Masks for annotation tools and paint programs. */
export const exportOptions = {
  export: {
    type: 'string',
    array: true,
    nargs: 1,
    coerce: parseFormats,
    describe: `also as ${EXPORT_FORMATS.join(', ')}; again for more`,
    group,
  },
} as const satisfies OptionTable;

type ExportArguments = ArgumentsOf<typeof exportOptions> & OutputArguments & { readonly each?: boolean | undefined };

/** The outputs that `--export` asks for, in addition to the other results. */
export function exportsFrom(argv: ExportArguments): RecipeInput['outputs'] {
  const place = argv.output === STDIO ? {} : placeFrom(argv);
  return (argv.export ?? []).map((format) => ({ kind: 'export', format, ...place, each: argv.each }) as const);
}

function parseFormats(values: readonly string[] | undefined): readonly ExportFormat[] | undefined {
  return values?.map((value) => {
    const format = EXPORT_FORMATS.find((known) => known === value);
    if (format === undefined) {
      throw new MaskwrightError('OPTION_RANGE', `--export is ${JSON.stringify(value)}`, {
        hint: `it is ${EXPORT_FORMATS.join(', ')}`,
      });
    }
    return format;
  });
}
