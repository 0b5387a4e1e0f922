// Find a thing by words, look at the numbers, and write an image that is ready to inpaint.
// Run it from this folder:  node find-and-inpaint.mjs still-life.png orange ready.png
import { findInImage, inpaintImage, maskBounds, openModels } from 'maskwright';

const [image = 'still-life.png', prompt = 'orange', output = 'ready.png'] = process.argv.slice(2);

// Opened once, the model serves any number of images. Without `model` it is CLIPSeg from the hub.
const models = openModels({ model: 'tiny' });
try {
  const [found] = await findInImage(image, prompt, { models });
  console.log(`${found.label}: peak ${found.provenance.peak.toFixed(2)}`, maskBounds(found.mask));

  const { share } = await inpaintImage({ image, prompt, output, models, mask: { grow: '0.5%', feather: '0.5%' } });
  console.log(`${output}: ${(share * 100).toFixed(1)} % of the image is to be painted`);
} finally {
  await models.close();
}
