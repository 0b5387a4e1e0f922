import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../../src/io/image/decode-image.js';
import { decodeDepth } from '../../../../src/io/depth/decode-depth.js';
import { signatureOf } from '../../../../src/io/image/image-format.js';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../support/folder.js';

const folder = temporaryFolder();

/** An ISO base media file's first box: size, type, major brand, version, compatible brands. */
function ftyp(major: string, ...compatible: readonly string[]): Buffer {
  const text = `ftyp${major}\0\0\0\0${compatible.join('')}`;
  const size = Buffer.alloc(4);
  size.writeUInt32BE(text.length + 4);
  return Buffer.concat([size, Buffer.from(text, 'latin1'), Buffer.alloc(64)]);
}

function file(head: string): Buffer {
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(64)]);
}

describe('a format that is not read is refused by its name, with a remedy', () => {
  it.each<[string, Buffer, string]>([
    ['case 13, an iPhone photograph', ftyp('heic', 'mif1', 'heic'), 'is HEIC, which is not read'],
    ['HEIC by its compatible brand', ftyp('mif1', 'mif1', 'heix'), 'is HEIC, which is not read'],
    ['a HEIC sequence', ftyp('msf1', 'hevc'), 'is HEIC, which is not read'],
    ['JPEG XL, bare', file('\xff\x0a'), 'is JPEG XL'],
    ['JPEG XL in a container', file('\0\0\0\x0cJXL \r\n'), 'is JPEG XL'],
    ['JPEG 2000', file('\0\0\0\x0cjP  \r\n'), 'is JPEG 2000'],
    ['Photoshop', file('8BPS\0\x01'), 'is a Photoshop document'],
    ['Canon raw', file('II*\0\x10\0\0\0CR\x02\0'), 'is a Canon raw file'],
    ['BMP', file('BM\x36\0\0\0\0\0\0\0'), 'is BMP'],
    ['PDF', file('%PDF-1.7'), 'is PDF'],
    ['SVG behind an XML declaration', file('<?xml version="1.0"?><svg/>'), 'is SVG'],
    ['a web page saved as an image', file('<!DOCTYPE html>'), 'is HTML'],
    ['a Git LFS pointer', file('version https://git-lfs.github.com/spec/v1'), 'is a Git LFS pointer'],
    ['a video', ftyp('isom', 'mp42'), 'is a video'],
    ['EXR', file('\x76\x2f\x31\x01\x02\0\0\0'), 'is OpenEXR'],
    ['nothing known', file('hello'), 'is not an image in a known format'],
  ])('%s', async (_, bytes, message) => {
    await expect(decodeImage(bytes, 'a.png')).rejects.toMatchObject({
      code: 'INPUT_FORMAT',
      message: expect.stringContaining(`a.png ${message}`),
      hint: expect.any(String),
    });
  });

  it('AVIF is no HEIC, though they share a container', () => {
    expect(signatureOf(ftyp('avif', 'mif1', 'miaf'))).toBe('AVIF');
    expect(signatureOf(ftyp('mif1', 'mif1', 'avif'))).toBe('AVIF');
  });

  it('HEIC is refused as a depth map as well', async () => {
    const path = join(folder(), 'd.heic');
    writeFileSync(path, ftyp('heic', 'mif1', 'heic'));
    await expect(decodeDepth(path)).rejects.toMatchObject({
      code: 'INPUT_FORMAT',
      message: expect.stringContaining('is HEIC'),
    });
  });
});
