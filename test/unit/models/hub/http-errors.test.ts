import { type AddressInfo, createServer } from 'node:net';
import { fetch, ProxyAgent } from 'undici';
import { expect, it } from 'vitest';
import { failureOfException } from '../../../../src/models/hub/http-errors.js';

const ADDRESS = 'http://hub.example/model.onnx';

/** A port that nobody listens at. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

it('a proxy that cannot be reached is named, not only the hub behind it', async () => {
  const port = await closedPort();
  const dispatcher = new ProxyAgent(`http://user:pa55word@127.0.0.1:${port}`);
  const error: unknown = await fetch(ADDRESS, { dispatcher }).catch((reason: unknown) => reason);
  await dispatcher.close();
  expect(failureOfException(error, ADDRESS)).toMatchObject({
    message: `hub.example cannot be reached (ECONNREFUSED at 127.0.0.1:${port})`,
    unreachable: true,
  });
});

it('a hub that cannot be reached is named once', async () => {
  const address = `http://127.0.0.1:${await closedPort()}/model.onnx`;
  const error: unknown = await fetch(address).catch((reason: unknown) => reason);
  expect(failureOfException(error, address).message).toBe(`${new URL(address).host} cannot be reached (ECONNREFUSED)`);
});
