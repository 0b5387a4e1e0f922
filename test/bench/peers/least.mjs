// The least that a program of Node, yargs and sharp does for a job: it starts, reads the images and writes them again.
// Arguments: JSON of { read: [path], write: [{ from: index in read, path, settings: of sharp's png, alpha, back }] };
// `alpha` adds a channel, `back` reads the file again afterwards.
import sharp from 'sharp';
import yargs from 'yargs';

const { read, write } = JSON.parse(yargs(process.argv.slice(2)).parseSync()._[0]);
const decode = (path) => sharp(path).raw().toBuffer({ resolveWithObject: true });
const images = await Promise.all(read.map(decode));
await Promise.all(
  write.map(async ({ from, path, settings, alpha, back }) => {
    const { data, info } = images[from];
    const image = sharp(data, { raw: info });
    await (alpha ? image.ensureAlpha() : image).png(settings).toFile(path);
    return back ? decode(path) : undefined;
  }),
);
