// A pipeline over many images: one model, bounded memory, progress, Ctrl-C, and bad images that stop nothing.
// Run it from this folder:  node pipeline.mjs outputs still-life.png kitchen.png landscape.png
import { createPipeline } from 'maskwright';

const [outdir = 'outputs', ...images] = process.argv.slice(2);
const controller = new AbortController();
process.once('SIGINT', () => controller.abort());

// The same fields as a recipe file; `{stem}` is each image's name. Mistakes are thrown here, before anything is loaded.
const pipeline = createPipeline({
  model: 'tiny',
  sources: [{ kind: 'prompt', prompt: 'apple OR orange OR flower' }],
  mask: { grow: '0.5%', feather: 4 },
  outputs: [{ kind: 'mask' }, { kind: 'inpaint', name: 'ready/{stem}.png' }],
  outdir,
});

try {
  const outcomes = pipeline.run(images, {
    signal: controller.signal,
    onProgress: ({ done, failed }) => console.error(`${done + failed} of ${images.length}`),
  });
  for await (const outcome of outcomes) {
    if (outcome.kind === 'done') {
      const { input, share, files } = outcome.result;
      console.log(`${input}: ${(share * 100).toFixed(1)} % selected, ${files.map(({ path }) => path).join(', ')}`);
    } else {
      console.log(outcome.error.message);
    }
  }
} finally {
  await pipeline.close();
}
