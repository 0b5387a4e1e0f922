import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnnotatedImage, type Annotation, selectAnnotations } from '../../../../src/io/export/annotation.js';
import { readCoco, writeCoco } from '../../../../src/io/export/coco.js';
import { drawLabels, readLabels } from '../../../../src/io/export/label-image.js';
import { bridgeRings, fillPolygons, traceOutlines } from '../../../../src/io/export/polygons.js';
import { readPsdFile, writePsdFile } from '../../../../src/io/export/psd.js';
import { decodeRle, encodeRle } from '../../../../src/io/export/run-length-encoding.js';
import { readSvg, writeSvg } from '../../../../src/io/export/svg.js';
import { readYolo, writeYolo } from '../../../../src/io/export/yolo.js';
import { decodeImage } from '../../../../src/io/image/decode-image.js';
import { createMask, createRaster, type Mask } from '../../../../src/raster/index.js';

const FOLDER = 'test/fixtures/export';
const readJson = (name: string): unknown => JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8'));
const labelled = await decodeImage(`${FOLDER}/labels.png`);
const fixture = readLabels('labels.png', labelled.raster);
const [width, height] = [labelled.raster.width, labelled.raster.height];

function maskOf(...rows: string[]): Mask {
  return createMask(
    rows[0]!.length,
    rows.length,
    Uint8Array.from(rows.join(''), (character) => (character === '#' ? 255 : 0)),
  );
}

/** Any binary mask of up to 9 x 7 pixels, holes and corner contacts included. */
const masks = fc
  .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 7 }) })
  .chain((size) =>
    fc.array(fc.boolean(), { minLength: size.width * size.height, maxLength: size.width * size.height }).map((values) =>
      createMask(
        size.width,
        size.height,
        Uint8Array.from(values, (value) => (value ? 255 : 0)),
      ),
    ),
  );

const imageOf = (mask: Mask): AnnotatedImage => ({
  fileName: 'a.png',
  width: mask.width,
  height: mask.height,
  annotations: [{ category: 'thing', mask }],
});

describe('traceOutlines', () => {
  it('outlines follow the edges of pixels, clockwise, holes counterclockwise', () => {
    expect(traceOutlines(maskOf('.....', '.###.', '.#.#.', '.###.'))).toEqual([
      [1, 1, 4, 1, 4, 4, 1, 4],
      [2, 2, 2, 3, 3, 3, 3, 2],
    ]);
  });

  it('pixels that touch at a corner are outlined separately', () => {
    expect(traceOutlines(maskOf('#.', '.#'))).toEqual([
      [0, 0, 1, 0, 1, 1, 0, 1],
      [1, 1, 2, 1, 2, 2, 1, 2],
    ]);
  });

  it('filling outlines gives any mask back, one ring with bridges too', () => {
    fc.assert(
      fc.property(masks, (mask) => {
        const rings = traceOutlines(mask);
        expect(fillPolygons([rings], mask)).toEqual(mask);
        expect(fillPolygons([[bridgeRings(rings)]], mask)).toEqual(mask);
      }),
    );
  });
});

describe('round trips are exact', () => {
  it('COCO, YOLO, SVG, run lengths: any mask', () => {
    fc.assert(
      fc.property(masks, (mask) => {
        const image = imageOf(mask);
        expect(decodeRle(encodeRle(mask), mask)).toEqual(mask);
        expect(readCoco('a.json', writeCoco([image]), 'a.png', mask)).toEqual(image.annotations);
        if (!mask.data.includes(255)) return;
        expect(readYolo('a.txt', writeYolo(image, ['thing']), mask, ['thing'])).toEqual(image.annotations);
        expect(readSvg('a.svg', writeSvg(image), mask)).toEqual(image.annotations);
      }),
    );
  });

  it('YOLO at 16,384 pixels', () => {
    const mask = createMask(16_384, 3);
    mask.data.fill(255, 16_384 + 4_321, 16_384 + 13_577);
    expect(readYolo('a', writeYolo(imageOf(mask), ['thing']), mask, ['thing'])[0]!.mask).toEqual(mask);
  });

  it('PSD: gray masks as well, under the names of the annotations', async () => {
    const gray = createMask(
      5,
      4,
      Uint8Array.from({ length: 20 }, (_, i) => i * 13),
    );
    const image = createRaster(
      5,
      4,
      3,
      Uint8Array.from({ length: 60 }, (_, i) => i * 4),
    );
    const annotations: Annotation[] = [
      { category: 'soft edge', mask: gray },
      { category: 'Äpfel', mask: maskOf('#....', '.....', '..##.', '..##.') },
    ];
    const bytes = await writePsdFile(image, { fileName: 'a.png', width: 5, height: 4, annotations });
    expect(await readPsdFile('a.psd', bytes)).toEqual({ width: 5, height: 4, annotations });
  });

  it('label images: 8-bit up to 255 things, 16-bit above', () => {
    const many = Array.from({ length: 300 }, (_, k): Annotation => {
      const mask = createMask(20, 15);
      mask.data[k] = 255;
      return { category: `thing ${k}`, mask };
    });
    const plane = drawLabels({ fileName: 'a.png', width: 20, height: 15, annotations: many });
    expect(plane.data).toEqual(Uint16Array.from({ length: 300 }, (_, k) => k + 1));
    expect(plane.categories[299]).toBe('thing 299');
    expect(drawLabels({ fileName: 'a', width: 20, height: 15, annotations: many.slice(0, 255) }).data).toBeInstanceOf(
      Uint8Array,
    );
  });
});

describe('other programs', () => {
  it("run lengths, areas and boxes are pycocotools' own", () => {
    const rows = readJson('pycocotools.json') as { counts: string; size: number[]; area: number; bbox: number[] }[];
    expect(fixture.map(({ mask }) => encodeRle(mask))).toEqual(rows.map(({ counts, size }) => ({ counts, size })));
    const { annotations } = JSON.parse(
      writeCoco([{ fileName: 'labels.png', width, height, annotations: fixture }]),
    ) as { annotations: { area: number; bbox: number[] }[] };
    expect(annotations.map(({ area, bbox }) => ({ area, bbox }))).toEqual(
      rows.map(({ area, bbox }) => ({ area, bbox })),
    );
  });

  it('a polygon is filled as pycocotools fills it', () => {
    const { polygon, counts, size } = readJson('polygons.json') as {
      polygon: number[];
      counts: string;
      size: [number, number];
    };
    expect(decodeRle({ counts, size }, { width, height })).toEqual(fillPolygons([[polygon]], { width, height }));
  });

  it('layers of a PSD by psd-tools are placed at their offsets', async () => {
    const { annotations } = await readPsdFile('layers.psd', readFileSync(`${FOLDER}/layers.psd`));
    expect(annotations).toEqual([
      { category: 'disc', mask: fixture[0]!.mask },
      { category: 'bars', mask: fixture[1]!.mask },
    ]);
  });
});

describe('reading', () => {
  const coco = (change: (file: Record<string, unknown>) => unknown): string =>
    JSON.stringify(
      change(
        JSON.parse(writeCoco([{ fileName: 'labels.png', width, height, annotations: fixture }])) as Record<
          string,
          unknown
        >,
      ),
    );

  it('COCO: the image is found by its base name, its name without ending, or as the only one', () => {
    const text = coco((file) => file);
    for (const name of ['photos/labels.png', 'labels.jpg', 'other.png']) {
      expect(readCoco('a.json', text, name, { width, height })).toHaveLength(3);
    }
    const two = coco((file) => ({
      ...file,
      images: [...(file['images'] as unknown[]), { id: 2, file_name: 'b.png', width, height }],
    }));
    expect(readCoco('a.json', two, 'b.jpg', { width, height })).toEqual([]);
    expect(() => readCoco('a.json', two, 'c.jpg', { width, height })).toThrow('a.json has no image c.jpg');
  });

  it.each<[string, string, string]>([
    ['not JSON', '{', 'a.json is not JSON'],
    ['another JSON', '[1]', 'a.json is not COCO JSON: it has no list "images"'],
    [
      'a segmentation of another size',
      coco((file) => ({
        ...file,
        annotations: [{ id: 7, image_id: 1, category_id: 1, segmentation: { size: [1, 1], counts: [1] } }],
      })),
      'an annotation (id 7) without a segmentation',
    ],
    [
      'run lengths beyond the image',
      coco((file) => ({
        ...file,
        annotations: [
          { id: 7, image_id: 1, category_id: 1, segmentation: { size: [height, width], counts: [1, 1e9] } },
        ],
      })),
      'an annotation (id 7) without a segmentation',
    ],
    ['a category that is not listed', coco((file) => ({ ...file, categories: [] })), 'without a category'],
  ])('COCO: %s is an error that names it', (_name, text, message) => {
    expect(() => readCoco('a.json', text, 'labels.png', { width, height })).toThrow(message);
  });

  it('COCO: another size of the image is an error with both', () => {
    expect(() =>
      readCoco(
        'a.json',
        coco((file) => file),
        'labels.png',
        { width: 10, height: 10 },
      ),
    ).toThrow(`a.json is of an image of ${width} x ${height}, not 10 x 10 pixels`);
  });

  it('YOLO: boxes are read, other lines are errors with their number', () => {
    const size = { width: 10, height: 10 };
    const [box] = readYolo('a.txt', '2 0.5 0.5 0.4 0.2\n\n', size, ['x', 'y', 'z']);
    expect(box!.category).toBe('z');
    expect(traceOutlines(box!.mask)).toEqual([[3, 4, 7, 4, 7, 6, 3, 6]]);
    expect(() => readYolo('a.txt', '0 0 0 1 0 1 1\n0 1 2 3', size, [])).toThrow('a.txt has no label in line 2');
  });

  it('SVG: shapes, relative commands, a viewBox of another scale', () => {
    const svg =
      '<svg viewBox="0 0 20 20"><g><path id="p" d="m2 2 h4v4h-4z M10,10 l4 0 0 4 -4 0"/><rect x="16" y="0" width="4" height="2"/>' +
      '<polygon points="0,16 4,16 4,20 0,20"><title>a &lt; &#98;</title></polygon></g></svg>';
    const shapes = readSvg('a.svg', svg, { width: 10, height: 10 });
    expect(shapes.map(({ category }) => category)).toEqual(['p', '2', 'a < b']);
    expect(shapes.map(({ mask }) => traceOutlines(mask))).toEqual([
      [
        [1, 1, 3, 1, 3, 3, 1, 3],
        [5, 5, 7, 5, 7, 7, 5, 7],
      ],
      [[8, 0, 10, 0, 10, 1, 8, 1]],
      [[0, 8, 2, 8, 2, 10, 0, 10]],
    ]);
  });

  it.each<[string, string]>([
    ['<svg viewBox="0 0 9 9"><path d="M0 0C1 1 2 2 3 3"/></svg>', 'the command C'],
    ['<svg viewBox="0 0 9 9"><g transform="scale(2)"/></svg>', 'a transform'],
    ['<svg viewBox="0 0 9 9"><circle r="3"/></svg>', 'a <circle>'],
    ['<svg></svg>', 'has no size'],
    ['<html/>', 'is not SVG'],
    ['<svg viewBox="0 0 9 9"><path d="M0 0L1"/></svg>', 'half a point'],
  ])('SVG: %s is an error', (svg, message) => {
    expect(() => readSvg('a.svg', svg, { width: 9, height: 9 })).toThrow(message);
  });

  it('label images: values of gray, colors of color; photographs are refused', () => {
    expect(fixture.map(({ category }) => category)).toEqual(['1', '2', '3']);
    const colors = createRaster(2, 2, 4, Uint8Array.of(255, 0, 0, 255, 0, 0, 0, 255, 0, 128, 255, 0, 255, 0, 0, 255));
    expect(readLabels('c.png', colors).map(({ category, mask }) => [category, [...mask.data]])).toEqual([
      ['#0080ff', [0, 0, 255, 0]],
      ['#ff0000', [255, 0, 0, 255]],
    ]);
    const noise = createRaster(
      100,
      100,
      3,
      Uint8Array.from({ length: 30_000 }, (_, i) => [Math.floor(i / 3) % 256, Math.floor(i / 768), 7][i % 3]!),
    );
    expect(() => readLabels('photo.png', noise)).toThrow('photo.png has more than 4096 colors');
  });

  it('PSD: other bytes are an error', async () => {
    await expect(readPsdFile('a.psd', Uint8Array.of(1, 2, 3))).rejects.toThrow('a.psd cannot be read as PSD');
  });

  it('annotations are selected by category or by number', () => {
    const size = { width, height };
    expect(selectAnnotations('a', size, fixture, '2')).toEqual(fixture[1]!.mask);
    const named = fixture.map(({ mask }, k) => ({ category: k === 1 ? 'cup' : 'cat', mask }));
    expect(selectAnnotations('a', size, named, 'cup')).toEqual(fixture[1]!.mask);
    expect(selectAnnotations('a', size, named, '3')).toEqual(fixture[2]!.mask);
    const union = selectAnnotations('a', size, named);
    expect([...union.data].filter((value) => value === 255)).toHaveLength(
      labelled.raster.data.filter((value, i) => i % 3 === 0 && value > 0).length,
    );
    expect(() => selectAnnotations('a.json', size, named, 'dog')).toThrow('a.json has no annotation "dog"');
    expect(() => selectAnnotations('a.json', size, [], undefined)).toThrow('a.json has no annotations of the image');
  });
});
