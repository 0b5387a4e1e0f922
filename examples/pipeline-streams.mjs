// Images in and masks out without files: names on standard input, a line of JSON for each on standard output.
// Run it from this folder:  ls *.png | node pipeline-streams.mjs
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createPipeline } from 'maskwright';

// Any stream of bytes will do as `data`: a file, a download, the body of a request.
async function* images() {
  for await (const name of createInterface({ input: process.stdin })) {
    yield { name, data: createReadStream(name) };
  }
}

const pipeline = createPipeline(
  {
    sources: [{ kind: 'channel', channel: 'hsv.s' }],
    mask: { threshold: 'otsu' },
    outputs: [{ kind: 'mask' }],
  },
  { write: false },
);

// Names are drawn only as results are taken, so memory does not grow with the length of the list.
for await (const outcome of pipeline.run(images())) {
  const answer =
    outcome.kind === 'done'
      ? { name: outcome.result.input, mask: Buffer.from(outcome.result.files[0].data).toString('base64') }
      : { name: outcome.input.name, error: outcome.error.message };
  console.log(JSON.stringify(answer));
}
await pipeline.close();
