import type { Size } from '../../raster/index.js';
import { type AnnotatedImage, type Annotation, annotationError } from './annotation.js';
import { fillPolygons, type Ring, traceOutlines } from './polygons.js';

/**
 * The annotations of an image as SVG: one path for each, filled by the even-odd rule, its category as title. The
 * viewBox is the image in pixels, and outlines follow the edges of pixels, so that reading it back gives the masks
 * exactly.
 */
export function writeSvg({ width, height, annotations }: AnnotatedImage): string {
  const paths = annotations.map(({ category, mask }, k) => {
    const hue = Math.round((k * 137.508) % 360);
    return (
      `  <path id="mask-${k + 1}" fill="hsl(${hue} 80% 50%)" fill-opacity="0.6" fill-rule="evenodd" d="${pathOf(traceOutlines(mask))}">` +
      `<title>${escapeXml(category)}</title></path>\n`
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n` +
    `${paths.join('')}</svg>\n`
  );
}

function pathOf(rings: readonly Ring[]): string {
  return rings
    .map((ring) => {
      let text = `M${ring[0]} ${ring[1]}`;
      for (let i = 2; i < ring.length; i += 2) {
        text +=
          ring[i + 1] === ring[i - 1]
            ? `H${ring[i]}`
            : ring[i] === ring[i - 2]
              ? `V${ring[i + 1]}`
              : `L${ring[i]} ${ring[i + 1]}`;
      }
      return `${text}Z`;
    })
    .join('');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`).replace(/\p{Cc}/gu, ' ');
}

/**
 * The shapes of an SVG file as annotations: paths of straight lines, polygons and rectangles, by the even-odd rule.
 * The category is the title, else the id, else the number of the shape. The viewBox is scaled to the image.
 *
 * @throws `INPUT_FORMAT` for transforms, curves and other shapes, which are not read, and for text that is not SVG
 */
export function readSvg(name: string, text: string, size: Size): Annotation[] {
  const root = /<svg\b([^>]*)>/i.exec(text);
  if (root === null) {
    throw annotationError(name, 'is not SVG', 'paths, polygons and rectangles of an SVG file are read');
  }
  if (/\stransform\s*=/.test(text)) {
    throw annotationError(name, 'has a transform, which is not read', 'flatten transforms in the drawing program');
  }
  const unread = /<(circle|ellipse|line|polyline|text|use|image)\b/i.exec(text);
  if (unread !== null) {
    throw annotationError(name, `has a <${unread[1]}>, which is not read`, 'convert objects to paths');
  }
  const viewBox = attribute(root[1]!, 'viewBox')
    ?.trim()
    .split(/[\s,]+/)
    .map(Number);
  const [x, y, width, height] = viewBox ?? [
    0,
    0,
    Number.parseFloat(attribute(root[1]!, 'width') ?? ''),
    Number.parseFloat(attribute(root[1]!, 'height') ?? ''),
  ];
  if (!(width! > 0 && height! > 0 && Number.isFinite(x) && Number.isFinite(y))) {
    throw annotationError(name, 'has no size', 'a viewBox, or width and height, is needed');
  }
  const fit = (ring: Ring): number[] =>
    ring.map((value, i) =>
      i % 2 === 0 ? ((value - x!) / width!) * size.width : ((value - y!) / height!) * size.height,
    );
  const shapes = text.matchAll(/<(path|polygon|rect)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/\1>)/gi);
  return Array.from(shapes, (shape, k): Annotation => {
    const rings = ringsOf(name, shape[1]!.toLowerCase(), shape[2]!).map(fit);
    const title = /<title[^>]*>([\s\S]*?)<\/title>/i.exec(shape[3] ?? '')?.[1];
    const category = unescapeXml(title ?? attribute(shape[2]!, 'id') ?? String(k + 1));
    return { category, mask: fillPolygons([rings], size) };
  });
}

function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  return match?.[1] ?? match?.[2];
}

function unescapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, entity) => {
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : (names[entity as string] ?? whole);
  });
}

function ringsOf(name: string, shape: string, attributes: string): Ring[] {
  const number = (key: string): number => Number.parseFloat(attribute(attributes, key) ?? '0');
  if (shape === 'rect') {
    const [x, y, width, height] = [number('x'), number('y'), number('width'), number('height')];
    return [[x, y, x + width, y, x + width, y + height, x, y + height]];
  }
  if (shape === 'polygon') {
    return [
      (attribute(attributes, 'points') ?? '')
        .trim()
        .split(/[\s,]+/)
        .map(Number),
    ];
  }
  return parsePath(name, attribute(attributes, 'd') ?? '');
}

/** The subpaths of a path of straight lines: M, L, H, V and Z, absolute and relative. */
function parsePath(name: string, d: string): Ring[] {
  const rings: number[][] = [];
  let [x, y] = [0, 0];
  let ring: number[] = [];
  for (const [, command, rest] of d.matchAll(/([a-z])([^a-z]*(?:e[-+]?\d[^a-z]*)*)/gi)) {
    const numbers = Array.from(rest!.matchAll(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi), ([text]) => Number(text));
    const isRelative = command === command!.toLowerCase();
    const type = command!.toUpperCase();
    if (!'MLHVZ'.includes(type)) {
      throw annotationError(
        name,
        `has a path with the command ${command}, which is not read`,
        'flatten curves to straight lines',
      );
    }
    if (type === 'Z') {
      [x, y] = [ring[0] ?? x, ring[1] ?? y];
    }
    for (let i = 0; i < numbers.length;) {
      const [ox, oy] = isRelative ? [x, y] : [0, 0];
      if (type === 'H') x = ox + numbers[i++]!;
      else if (type === 'V') y = oy + numbers[i++]!;
      else {
        [x, y] = [ox + numbers[i]!, oy + (numbers[i + 1] ?? Number.NaN)];
        i += 2;
      }
      if (!Number.isFinite(x) || !Number.isFinite(y)) {
        throw annotationError(name, 'has a path with half a point', 'export the file again');
      }
      if (type === 'M' && i === 2) {
        ring = [];
        rings.push(ring);
      }
      ring.push(x, y);
    }
  }
  return rings.filter((points) => points.length >= 6);
}
