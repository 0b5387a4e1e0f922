import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real service on loopback, started by a test and ended with it. */
export interface Service {
  readonly url: string;
  readonly port: number;
  /** What it printed so far. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** Where `.ci/install` puts moto. */
const MOTO = process.env['MASKWRIGHT_MOTO'] ?? join(homedir(), '.cache/maskwright-tests/moto/bin/moto_server');

/** Whether a program is installed; on CI it must be. */
export function hasProgram(name: string): boolean {
  const found = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, name)));
  if (!found && process.env['CI'] !== undefined) {
    throw new Error(`${name} is missing: .ci/install installs it`);
  }
  return found;
}

export function hasMoto(): boolean {
  if (!existsSync(MOTO) && process.env['CI'] !== undefined) {
    throw new Error('moto is missing: .ci/install installs it');
  }
  return existsSync(MOTO);
}

/** A server of S3. */
export async function startS3(): Promise<Service> {
  const port = await freePort();
  return start(MOTO, ['-H', '127.0.0.1', '-p', String(port)], port, `http://127.0.0.1:${port}`);
}

/** The environment of a client of `startS3`. */
export function s3Environment(url: string): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'secret-of-the-test',
    AWS_REGION: 'us-east-1',
  };
}

/** A Redis that keeps what it was given (appendonly) in `folder`. */
export async function startRedis(folder: string, { port = 0, password = '' } = {}): Promise<Service> {
  const own = port === 0 ? await freePort() : port;
  const args = ['--port', String(own), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', ''];
  const secret = password === '' ? [] : ['--requirepass', password];
  const url = `redis://${password === '' ? '' : `:${password}@`}127.0.0.1:${own}`;
  return start('redis-server', [...args, ...secret], own, url);
}

/** A PostgreSQL of its own, in `folder`. It does not run as root. */
export async function startPostgres(folder: string): Promise<Service> {
  const port = await freePort();
  const programs = ['/usr/lib/postgresql']
    .filter(existsSync)
    .flatMap((base) => readdirSync(base).map((version) => join(base, version, 'bin')))[0];
  if (programs === undefined) {
    throw new Error('postgresql is missing: .ci/install installs it');
  }
  const data = join(folder, 'data');
  mkdirSync(folder, { recursive: true });
  const isRoot = userInfo().uid === 0;
  const as = (program: string, args: readonly string[]): readonly [string, string[]] =>
    isRoot
      ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', join(programs, program), ...args]]
      : [join(programs, program), [...args]];
  if (isRoot) {
    execFileSync('chown', ['postgres', folder]);
  }
  const environment = { ...process.env, LC_ALL: 'C', HOME: folder };
  const [initdb, initArgs] = as('initdb', ['-D', data, '-U', 'test', '--auth=trust', '-E', 'UTF8', '--no-sync']);
  execFileSync(initdb, initArgs, { stdio: 'ignore', env: environment, cwd: folder });
  const [postgres, args] = as('postgres', [
    '-D',
    data,
    '-p',
    String(port),
    '-k',
    folder,
    '-c',
    'listen_addresses=127.0.0.1',
  ]);
  return start(postgres, args, port, `postgres://test@127.0.0.1:${port}/postgres`, { cwd: folder, env: environment });
}

async function start(
  program: string,
  args: readonly string[],
  port: number,
  url: string,
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Service> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  while (!(await isListening(port))) {
    if (child.exitCode !== null) {
      throw new Error(`${program} ended with ${child.exitCode}: ${log}`);
    }
    await sleep(50);
  }
  return {
    url,
    port,
    log: () => log,
    stop: async () => {
      end(child);
      await ended;
    },
  };
}

/** PostgreSQL waits for its clients after SIGTERM, and not after SIGINT. */
function end(child: ChildProcess): void {
  child.kill('SIGINT');
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A folder that every user may enter, as PostgreSQL needs. */
export function openFolder(name: string): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `maskwright-${name}-`));
  execFileSync('chmod', ['755', path]);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
