import { readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { command } from '../../src/cli/commands/server/serve-command.js';
import { listenFrom } from '../../src/cli/options/server/listen-options.js';
import { openApiDocument } from '../../src/server/open-api.js';

interface Service {
  readonly ports: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
}

const lines = readFileSync('examples/docker/Dockerfile', 'utf8').split('\n');
const instruction = (name: string): string[] =>
  lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
const compose = parse(readFileSync('examples/docker/compose.yaml', 'utf8')) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const service = compose.services['maskwright']!;
const words = JSON.parse(instruction('CMD')[0]!) as string[];
const after = (option: string): string => words[words.indexOf(option) + 1]!;

afterEach(() => {
  vi.unstubAllEnvs();
});

it('the command of the image is one that the program has', () => {
  expect(words[0]).toBe('serve');
  const options = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2));
  expect(options.filter((name) => !(name in command.options))).toEqual([]);
});

it('the command listens only with the token that the service sets', () => {
  expect(Object.keys(service.environment)).toEqual(['MASKWRIGHT_TOKEN']);
  const argv = { host: after('--host'), port: Number(after('--port')) };
  vi.stubEnv('MASKWRIGHT_TOKEN', undefined);
  expect(() => listenFrom(argv)).toThrow('token');
  vi.stubEnv('MASKWRIGHT_TOKEN', 'secret');
  expect(listenFrom(argv)).toMatchObject({ token: 'secret', port: 8765 });
});

it('one port: that of the command, of the image, and of the service, which is open to this machine only', () => {
  const port = after('--port');
  expect(instruction('EXPOSE')).toEqual([port]);
  expect(service.ports).toEqual([`127.0.0.1:${port}:${port}`]);
});

it('the health check asks a path that the API has, with the token', () => {
  const [check] = instruction('HEALTHCHECK');
  const path = /http:\/\/127\.0\.0\.1:8765(\/\w+)/.exec(check!)![1]!;
  expect(openApiDocument()['paths']).toHaveProperty([path]);
  expect(check).toContain('process.env.MASKWRIGHT_TOKEN');
});

it('the container is no root, writes to its volume only, and keeps models there', () => {
  const users = lines.flatMap((line, i) => (line.startsWith('USER ') ? [i] : []));
  expect(instruction('USER').at(-1)).toBe('node');
  expect(users.at(-1)).toBeLessThan(lines.findIndex((line) => line.startsWith('ENTRYPOINT ')));
  expect([service.read_only, service.cap_drop]).toEqual([true, ['ALL']]);
  const models = /HF_HOME=(\S+)/.exec(instruction('ENV')[0]!)![1]!;
  expect(instruction('VOLUME')).toEqual([models]);
  const [volume, place] = service.volumes[0]!.split(':');
  expect(place).toBe(models);
  expect(compose.volumes).toHaveProperty(volume!);
});
