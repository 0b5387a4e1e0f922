import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'oxc-parser';

/** One name that an entry point exports: a function, a class, a constant or a type. */
export interface ApiEntry {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'constant' | 'type';
  /** The declaration file it stands in, relative to the folder of declarations: `engine/feather.d.ts`. */
  readonly file: string;
  /** The doc comment without its stars; empty where there is none. */
  readonly comment: string;
  /** Each declaration as written, comments inside it included: one, or one an overload. */
  readonly signatures: readonly string[];
  /** Types of this package that the signatures name. */
  readonly mentions: readonly string[];
}

/** Nodes of the syntax tree are looked into, not understood: the parser's own types name hundreds of kinds. */
type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number; readonly end: number };
type Named = { readonly name: string; readonly [key: string]: unknown };

type Declaration = Omit<ApiEntry, 'name'>;

const KINDS: Readonly<Record<string, ApiEntry['kind']>> = {
  TSDeclareFunction: 'function',
  ClassDeclaration: 'class',
  VariableDeclaration: 'constant',
};

interface Module {
  readonly declared: Map<string, Declaration>;
  /** Exported name -> where it comes from. */
  readonly exported: Map<string, { readonly name: string; readonly from?: string }>;
  readonly everythingOf: string[];
}

/**
 * What an entry point exports, in the order of its file, read from the declarations that the compiler wrote:
 * there every type is spelled out, and every doc comment is kept.
 */
export function readApi(folder: string, entry: string): ApiEntry[] {
  const modules = new Map<string, Module>();
  const load = (file: string): Module => {
    const known = modules.get(file) ?? readModule(folder, file);
    modules.set(file, known);
    return known;
  };

  const resolve = (file: string, exported: string): ApiEntry | undefined => {
    const module = load(file);
    const { name, from } = module.exported.get(exported) ?? {};
    if (name === undefined) return module.everythingOf.map((other) => resolve(other, exported)).find(Boolean);
    const found = from === undefined ? module.declared.get(name) : resolve(from, name);
    if (found === undefined || name === exported) return found && { ...found, name };
    const renamed = found.signatures.map((signature) => signature.replace(name, exported));
    return { ...found, name: exported, signatures: renamed };
  };

  const namesOf = (file: string): string[] => {
    const module = load(file);
    return [...module.everythingOf.flatMap(namesOf), ...module.exported.keys()];
  };

  return [...new Set(namesOf(entry))].map((name) => {
    const found = resolve(entry, name);
    if (found === undefined) throw new Error(`${entry} exports ${name}, whose declaration was not found`);
    return found;
  });
}

function readModule(folder: string, file: string): Module {
  const text = readFileSync(join(folder, file), 'utf8');
  const { program, comments } = parseSync(file, text);
  const module: Module = { declared: new Map(), exported: new Map(), everythingOf: [] };
  const fileOf = (source: string): string =>
    join(dirname(file), source.replace(/\.js$/, '.d.ts')).replaceAll('\\', '/');
  const imported = new Map<string, { name: string; from: string }>();

  const declare = (node: Node, start: number): void => {
    const comment = comments.findLast(
      ({ type, value, end }) =>
        type === 'Block' && value.startsWith('*') && end <= start && !text.slice(end, start).trim(),
    );
    for (const { name } of namesDeclared(node)) {
      const before = module.declared.get(name);
      module.declared.set(name, {
        file,
        kind: KINDS[node.type] ?? 'type',
        comment: before?.comment || withoutStars(comment?.value ?? ''),
        signatures: [...(before?.signatures ?? []), signatureOf(node, text)],
        mentions: [...(before?.mentions ?? []), ...typesNamedIn(node)],
      });
    }
  };

  for (const statement of program.body as unknown as Node[]) {
    if (statement.type === 'ImportDeclaration') {
      const from = (statement['source'] as { value: string }).value;
      for (const specifier of statement['specifiers'] as { imported?: Named; local: Named }[]) {
        if (from.startsWith('.') && specifier.imported) {
          imported.set(specifier.local.name, { name: specifier.imported.name, from: fileOf(from) });
        }
      }
    } else if (statement.type === 'ExportAllDeclaration') {
      module.everythingOf.push(fileOf((statement['source'] as { value: string }).value));
    } else if (statement.type === 'ExportNamedDeclaration') {
      const declaration = statement['declaration'] as Node | null;
      const from = (statement['source'] as { value: string } | null)?.value;
      if (declaration !== null) {
        declare(declaration, statement.start);
        for (const { name } of namesDeclared(declaration)) module.exported.set(name, { name });
      }
      for (const { local, exported } of statement['specifiers'] as { local: Named; exported: Named }[]) {
        const origin = from === undefined ? imported.get(local.name) : { name: local.name, from: fileOf(from) };
        module.exported.set(exported.name, origin ?? { name: local.name });
      }
    } else {
      declare(statement, statement.start);
    }
  }

  // What is neither declared nor imported here is the language's own, or a type parameter.
  for (const [name, declaration] of module.declared) {
    const mentions = declaration.mentions.filter((type) => module.declared.has(type) || imported.has(type));
    module.declared.set(name, { ...declaration, mentions: [...new Set(mentions)] });
  }
  return module;
}

/** The declaration as written, with two spaces for four; a long list of parameters gets a line each. */
function signatureOf(node: Node, text: string): string {
  const written = text.slice(node.start, node.end).replace(/^declare /, '');
  const parameters = node.type === 'TSDeclareFunction' ? (node['params'] as Node[]) : [];
  if (written.length <= 100 || parameters.length === 0) return written.replaceAll('    ', '  ');
  const [first, last] = [parameters[0]!, parameters.at(-1)!];
  const head = text.slice(node.start, first.start).replace(/^declare /, '');
  const list = parameters.map(({ start, end }) => `  ${text.slice(start, end)},\n`).join('');
  return `${head}\n${list}${text.slice(last.end, node.end)}`.replaceAll('    ', '  ');
}

function namesDeclared(node: Node): Named[] {
  if (node.type === 'VariableDeclaration') return (node['declarations'] as { id: Named }[]).map(({ id }) => id);
  return node['id'] ? [node['id'] as Named] : [];
}

function typesNamedIn(node: Node): string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      value.forEach(visit);
    } else if (typeof value === 'object' && value !== null) {
      const { type, typeName, expression } = value as { type?: string; typeName?: Named; expression?: Named };
      if (type === 'TSTypeReference' && typeName?.name) found.push(typeName.name);
      if (type === 'TSInterfaceHeritage' && expression?.name) found.push(expression.name);
      Object.values(value).forEach(visit);
    }
  };
  visit(node);
  return found;
}

function withoutStars(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim();
}

const SECTIONS: Readonly<Record<string, string>> = {
  run: 'Whole tasks',
  server: 'Server',
  recipe: 'Recipes',
  outputs: 'Outputs',
  sources: 'Sources',
  io: 'Reading and writing images',
  render: 'Images for people',
  prompts: 'Prompts',
  inpaint: 'Files for targets',
  depth: 'Depth',
  engine: 'Masks',
  raster: 'Pixels in memory',
  models: 'Models',
  errors: 'Errors',
};

const ORDER = ['class', 'function', 'constant', 'type'] as const;

/** The reference of an entry point as one page: sections, in them files, functions before their types. */
export function renderApi(title: string, introduction: string, entries: readonly ApiEntry[]): string {
  const strangers = entries.filter((entry) => !(sectionOf(entry) in SECTIONS));
  if (strangers.length > 0)
    throw new Error(`in a section without a title: ${strangers.map(({ file }) => file).join(', ')}`);
  const groups = Object.entries(SECTIONS)
    .map(([section, heading]) => ({
      heading,
      entries: entries.filter((entry) => sectionOf(entry) === section).sort(inOrder),
    }))
    .filter((section) => section.entries.length > 0);

  const headings = [
    title,
    ...groups.flatMap((section) => [section.heading, ...section.entries.map(({ name }) => name)]),
  ];
  const anchors = anchorsOf(headings);
  let at = 1;
  const contents = groups.map((section) => {
    const [first, ...others] = anchors.slice(at, (at += 1 + section.entries.length));
    const links = section.entries.map(({ name }, i) => `[${name}](#${others[i]})`);
    const values = links.filter((_, i) => section.entries[i]!.kind !== 'type');
    return `- [**${section.heading}**](#${first}): ${(values.length > 0 ? values : links).join(', ')}`;
  });
  const sections = groups.flatMap((section) => [`## ${section.heading}`, ...section.entries.map(renderEntry)]);
  return `${[`# ${title}`, introduction, contents.join('\n'), ...sections].join('\n\n')}\n`;
}

function sectionOf({ file }: ApiEntry): string {
  return file.split(/[/.]/, 1)[0]!;
}

function inOrder(a: ApiEntry, b: ApiEntry): number {
  return a.file === b.file ? ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) : a.file < b.file ? -1 : 1;
}

/** The code of each `@example`. */
export function examplesOf({ comment }: ApiEntry): string[] {
  return comment.split(/^@example\n/m).slice(1);
}

function renderEntry(entry: ApiEntry): string {
  const prose = entry.comment
    .split(/^@example\n/m, 1)[0]!
    .replaceAll(/^@param (\S+) /gm, '- `$1`: ')
    .replaceAll(/^@returns /gm, '\nReturns ')
    .replaceAll(/^@throws /gm, '\nThrows ');
  const code = (lines: string): string => `\`\`\`ts\n${lines.trim()}\n\`\`\``;
  return [`### ${entry.name}`, prose.trim(), ...[entry.signatures.join('\n'), ...examplesOf(entry)].map(code)]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Anchors as GitHub makes them of headings: a heading seen before gets a number. */
function anchorsOf(headings: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return headings.map((heading) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-');
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
}
