const WIDTH = 640;
const HEIGHT = 360;
const MARGIN = { left: 64, right: 220, top: 44, bottom: 48 };
const COLORS = ['#1b6ca8', '#d1495b', '#2e8b57', '#8a5aa8', '#c17c00', '#555555'];

/**
 * Lines over two logarithmic axes, as SVG. `series` are `{ name, points: [x, y][] }`; the values of x are the ticks of
 * the horizontal axis.
 */
export function plotLines({ title, x, y, series }) {
  const points = series.flatMap((line) => line.points);
  const ticks = [...new Set(points.map(([at]) => at))].toSorted((a, b) => a - b);
  const across = axis([ticks[0], ticks.at(-1)], MARGIN.left, WIDTH - MARGIN.right);
  const values = points.map(([, value]) => value);
  const steps = ticksBetween(Math.min(...values), Math.max(...values));
  const up = axis([steps[0], steps.at(-1)], HEIGHT - MARGIN.bottom, MARGIN.top);
  const grid = [
    ...ticks.map((tick) => line(across(tick), up(steps[0]), across(tick), up(steps.at(-1)))),
    ...steps.map((tick) => line(across(ticks[0]), up(tick), across(ticks.at(-1)), up(tick))),
  ];
  const labels = [
    text(MARGIN.left, 24, title, 'font-weight="bold"'),
    ...ticks.map((tick) => text(across(tick), HEIGHT - MARGIN.bottom + 18, tick, 'text-anchor="middle"')),
    ...steps.map((tick) => text(MARGIN.left - 8, up(tick) + 4, tick, 'text-anchor="end"')),
    text((MARGIN.left + WIDTH - MARGIN.right) / 2, HEIGHT - 10, x, 'text-anchor="middle"'),
    text(MARGIN.left - 8, MARGIN.top - 8, y, 'text-anchor="end"'),
  ];
  const lines = series.map(({ name, points }, i) => {
    const color = COLORS[i % COLORS.length];
    const path = points.map(([a, b]) => `${round(across(a))},${round(up(b))}`);
    const dots = path.map((at) => `<circle cx="${at.split(',')[0]}" cy="${at.split(',')[1]}" r="3" fill="${color}"/>`);
    const top = MARGIN.top + 12 + i * 20;
    const left = WIDTH - MARGIN.right + 16;
    return [
      `<polyline points="${path.join(' ')}" fill="none" stroke="${color}" stroke-width="2"/>`,
      ...dots,
      `<line x1="${left}" y1="${top}" x2="${left + 16}" y2="${top}" stroke="${color}" stroke-width="2"/>`,
      text(left + 22, top + 4, name),
    ].join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#222">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${[...grid, ...labels, ...lines].join('\n')}
</svg>
`;
}

/** Where a value lies between two ends, by its logarithm. */
function axis([low, high], from, to) {
  const span = Math.log(high / low) || 1;
  return (value) => from + (Math.log(value / low) / span) * (to - from);
}

/** 1, 2, 5, 10, ... around both ends. */
function ticksBetween(low, high) {
  const all = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    all.push(...[1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  }
  const first = all.findLastIndex((tick) => tick <= low);
  const last = all.findIndex((tick) => tick >= high);
  return all.slice(first, Math.max(last, first + 1) + 1);
}

function line(x1, y1, x2, y2) {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="#ddd"/>`;
}

function text(x, y, value, more = '') {
  const safe = String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${round(x)}" y="${round(y)}" ${more}>${safe}</text>`;
}

const round = (value) => Math.round(value * 10) / 10;
