import { expect, it } from 'vitest';
import { listen } from '../../../../src/cli/run/listen.js';

it('a connection rests for longer than a client computes between two requests, and ends with the server', async () => {
  const controller = new AbortController();
  const address = await new Promise<string>((onListening, reject) => {
    const server = { fetch: async () => new Response('answer'), close: async () => {} };
    const options = { port: 0, host: '127.0.0.1', signal: controller.signal, onListening };
    listen(server as never, options).catch((error: Error) => error.message === 'enough' || reject(error));
  });
  const answer = await fetch(address);
  expect(await answer.text()).toBe('answer');
  expect(answer.headers.get('keep-alive')).toBe('timeout=75');
  controller.abort(new Error('enough'));
  await expect.poll(() => fetch(address).then(String, () => 'closed')).toBe('closed');
});
