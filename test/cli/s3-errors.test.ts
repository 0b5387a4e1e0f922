import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { randomRaster } from '../support/images.js';
import { runInProcess } from '../support/in-process.js';
import { s3Environment } from '../support/services.js';

// A service whose buckets are named by what they answer: `403-AccessDenied`.
describe('an error of S3 is one line, once, without a secret', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-s3-errors-'));
  const image = encodeImage(randomRaster(1, 7, 5, 3));
  let server: Server;
  let reads = 0;

  beforeAll(async () => {
    writeFileSync(join(folder, 'a.png'), await image);
    server = createServer((request, response) => {
      answer(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    Object.assign(process.env, s3Environment(`http://127.0.0.1:${port}`), { AWS_MAX_ATTEMPTS: '1' });
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bucket = request.url!.split(/[/?]/)[1]!;
    if (bucket === 'broken') {
      // The connection ends in the middle of the bytes, the first two times that they are asked for.
      const bytes = await image;
      response.writeHead(200, { 'content-length': bytes.length, etag: '"1"' });
      if (reads++ < 2) {
        response.write(bytes.subarray(0, 20), () => setTimeout(() => response.destroy(), 20));
      } else {
        response.end(bytes);
      }
      return;
    }
    const [, status, name = ''] = /^(\d+)-(.*)$/.exec(bucket)!;
    response.writeHead(Number(status), { 'content-type': name === 'html' ? 'text/html' : 'application/xml' });
    response.end(
      request.method === 'HEAD'
        ? ''
        : name === 'html'
          ? '<html>secret-of-the-test</html>'
          : `<?xml version="1.0"?><Error><Code>${name}</Code><Message>secret-of-the-test</Message></Error>`,
    );
  }

  const channel = async (...args: string[]): Promise<{ code: number; stderr: string }> => {
    const { code, stderr } = await runInProcess(['channel', '-c', 'lab.l', '--quiet', ...args], folder);
    expect(stderr).not.toContain('secret');
    return { code, stderr };
  };

  // Names and statuses as in the list of error codes of S3, and of MinIO.
  it.each([
    [400, 'ExpiredToken', 'the credentials have expired'],
    [403, 'InvalidAccessKeyId', 'the credentials are not accepted'],
    [403, 'SignatureDoesNotMatch', 'the credentials are not accepted'],
    [403, 'RequestTimeTooSkewed', 'the clock of this machine is wrong by more than 15 minutes'],
    [403, 'AccessDenied', 'access is denied'],
    [503, 'SlowDown', 'the service fails with SlowDown (503)'],
    [502, 'html', 'the service fails with HTTP 502'],
    [507, 'XMinioStorageFull', 'the service has no space left'],
  ])('%i %s', async (status, name, message) => {
    const reading = await channel(`s3://${status}-${name}/a.png`, '-o', 'x.png');
    const writing = await channel('a.png', '-o', `s3://${status}-${name}/x.png`);
    expect([reading.code, writing.code]).toEqual([3, 5]);
    for (const { stderr } of [reading, writing]) {
      expect(stderr).toMatch(/^maskwright: .*\n {2}.*\n$/);
      expect(stderr).toContain(message);
    }
  });

  it('an object whose connection ends too soon is read again', async () => {
    expect(await channel('s3://broken/a.png', '-o', 'again.png')).toEqual({ code: 0, stderr: '' });
    expect(reads).toBe(3);
  });

  it('a service that is not there', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const { code, stderr } = await channel('a.png', '-o', 's3://403-x/x.png');
    expect(code).toBe(5);
    expect(stderr).toMatch(/^maskwright: .*S3 cannot be reached \(ECONNREFUSED\).*\n {2}.*\n$/);
  });
});
