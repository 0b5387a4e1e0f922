import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';

describe('a command line that is wrong', () => {
  it.each<[string, string]>([
    ['ipaint', 'there is no command "ipaint"\n  did you mean inpaint?'],
    ['mask a.png --text-maks hair', 'there is no option --text-maks\n  did you mean --text-mask?'],
    ['layers a.png --sufix x', 'there is no option --sufix\n  did you mean --suffix?'],
    ['inpaint a.png --combine unoin', '--combine is "unoin", but must be one of "mean", "union", '],
    ['inpaint a.png --combine unoin', '\n  did you mean union?'],
    ['channel a.png --normalize linear', '\n  maskwright channel --help'],
    ['models lst', 'action is "lst", but must be one of "list", '],
    ['models lst', '\n  did you mean list?'],
    ['run --set', '--set needs a value'],
    ['completion', 'something is missing: maskwright completion <shell>'],
    ['stitch a.png', '--manifest is missing'],
    ['edit masks --each --image a.png --from-channel luma', '--each takes each mask by itself'],
    ['stitch a.png --job a.json', 'no file to write was named\n  -o final.png, or --output-dir'],
  ])('%s', async (line, expected) => {
    const { code, stdout, stderr } = await runCli(line.split(' '));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(expected);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });
});
