import { describe, expect, it } from 'vitest';
import { drawThresholdSheet, thresholdShares } from '../../../src/render/threshold-sheet.js';
import { canvasToRaster, createCanvas, drawText, fillRectangle, textSize } from '../../../src/render/canvas.js';
import { createHeatmap, createRaster, type Raster } from '../../../src/raster/index.js';

/** An image as characters: `#` where it is white. */
function rows({ width, height, data }: Raster): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (data[(y * width + x) * 3] === 255 ? '#' : '.')).join(''),
  );
}

describe('drawText', () => {
  it('draws letters that can be read', () => {
    const canvas = createCanvas(textSize('0.5%', 1).width, 7, [0, 0, 0]);
    drawText(canvas, '0.5%', 0, 0, { dot: 1, color: [255, 255, 255] });
    expect(rows(canvasToRaster(canvas))).toEqual([
      '.###........#####.##..#',
      '#...#.......#.....##..#',
      '#..##.......####.....#.',
      '#.#.#...........#...#..',
      '##..#...........#..#...',
      '#...#..##...#...#.#..##',
      '.###...##....###..#..##',
    ]);
  });

  it('draws accents as their letters, and a box for what it does not know', () => {
    const draw = (text: string): string[] => {
      const canvas = createCanvas(5, 7, [0, 0, 0]);
      drawText(canvas, text, 0, 0, { dot: 1, color: [255, 255, 255] });
      return rows(canvasToRaster(canvas));
    };
    expect(draw('é')).toEqual(draw('E'));
    expect(draw('犬')).toEqual(['#####', '#...#', '#...#', '#...#', '#...#', '#...#', '#####']);
  });

  it('cuts off what does not fit', () => {
    const canvas = createCanvas(4, 4, [0, 0, 0]);
    fillRectangle(canvas, { x: -2, y: -2, width: 4, height: 100 }, [255, 255, 255]);
    drawText(canvas, 'WWW', 3, 3, { dot: 2, color: [255, 255, 255] });
    expect(rows(canvasToRaster(canvas))).toEqual(['##..', '##..', '##..', '##.#']);
  });
});

describe('drawThresholdSheet', () => {
  const heatmap = createHeatmap(
    60,
    40,
    Float32Array.from({ length: 2400 }, (_, i) => (i % 60) / 59),
  );
  const image = createRaster(60, 40, 4, new Uint8Array(60 * 40 * 4).fill(90));

  it('says what share each threshold selects', () => {
    const shares = thresholdShares(heatmap);
    expect(shares.map(({ threshold }) => threshold)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
    for (const { threshold, share } of shares) {
      expect(share).toBeCloseTo(Math.floor(60 - threshold * 59) / 60, 5);
    }
  });

  it('is a sheet of ten images with labels, the nearest threshold marked', () => {
    const sheet = drawThresholdSheet(image, heatmap, 'orange', 0.62);
    expect(sheet.width).toBe(16 + 5 * (400 + 16));
    expect(sheet.channels).toBe(3);
    const marked: number[] = [];
    for (let i = 0; i < sheet.width * sheet.height; i++) {
      if (sheet.data[i * 3] === 255 && sheet.data[i * 3 + 1] === 210 && sheet.data[i * 3 + 2] === 60) {
        marked.push(i % sheet.width);
      }
    }
    // The seventh image, 0.6, is the second of the lower row.
    expect(Math.min(...marked)).toBe(16 + 416);
    expect(Math.max(...marked)).toBeLessThan(16 + 2 * 416);
  });
});
