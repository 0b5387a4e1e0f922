/** A layer of the page, from the farthest to the nearest. */
export interface ParallaxLayer {
  /** An encoded PNG. */
  readonly png: Uint8Array;
  readonly label: string;
  /** Depth 0 (far, stays) to 1 (near, moves most). */
  readonly depth: number;
}

export interface ParallaxScene {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly layers: readonly ParallaxLayer[];
}

/**
 * One HTML page, self-contained, that moves the layers against one another with the pointer, and gently by
 * itself while there is none. `#0.5,-1` behind its address holds the view at a place, -1 to 1 across and down.
 */
export function renderParallaxPage({ title, width, height, layers }: ParallaxScene): string {
  const images = layers.map(
    ({ png, label, depth }) =>
      `<img alt="${escapeHtml(label)}" data-depth="${depth.toFixed(4)}" src="data:image/png;base64,${toBase64(png)}">`,
  );
  const switches = layers.map(
    ({ label }, i) => `<label><input type="checkbox" checked data-layer="${i}"> ${escapeHtml(label)}</label>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>
html { color-scheme: dark; background: #16161a; color: #d8d8de; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 12px; }
#scene {
  position: relative; overflow: hidden; width: min(96vw, calc(86vh * ${width} / ${height})); aspect-ratio: ${width} / ${height};
  background: repeating-conic-gradient(#3a3a42 0 25%, #2c2c33 0 50%) 0 0 / 24px 24px;
}
#stage, #stage img { position: absolute; inset: 0; width: 100%; height: 100%; }
#panel { display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0 12px; justify-content: center; }
</style>
</head>
<body>
<div id="scene"><div id="stage">
${images.join('\n')}
</div></div>
<div id="panel">
<label>Depth <input id="amount" type="range" min="0" max="15" step="0.5" value="5"></label>
${switches.join('\n')}
</div>
<script>
const scene = document.getElementById('scene');
const stage = document.getElementById('stage');
const amount = document.getElementById('amount');
const images = [...scene.querySelectorAll('img')];
const held = location.hash.slice(1).split(',').map(Number);
const holds = held.length === 2 && held.every(Number.isFinite);
const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
let pointer;
let view = holds ? held : [0, 0];

function draw() {
  const reach = amount.value / 100;
  // As much larger as the layers move, so that their borders stay out of sight.
  stage.style.transform = 'scale(' + (1 + 2 * reach) + ')';
  for (const image of images) {
    const shift = -100 * reach * image.dataset.depth;
    image.style.transform = 'translate(' + view[0] * shift + '%,' + view[1] * shift + '%)';
  }
}

function step(time) {
  const sway = still ? [0, 0] : [Math.sin(time / 1400), 0.4 * Math.sin(time / 2300)];
  const goal = pointer ?? sway;
  view = view.map((value, i) => value + (goal[i] - value) * 0.08);
  draw();
  requestAnimationFrame(step);
}

scene.addEventListener('pointermove', (event) => {
  const box = scene.getBoundingClientRect();
  pointer = [(2 * (event.clientX - box.left)) / box.width - 1, (2 * (event.clientY - box.top)) / box.height - 1];
});
scene.addEventListener('pointerleave', () => { pointer = undefined; });
amount.addEventListener('input', draw);
for (const box of document.querySelectorAll('[data-layer]')) {
  box.addEventListener('change', () => { images[box.dataset.layer].hidden = !box.checked; });
}
draw();
if (!holds) requestAnimationFrame(step);
</script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' };
  return text.replaceAll(/[&<>"']/g, (character) => `&${names[character]};`);
}

/** In parts, as a function takes a limited number of arguments. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return btoa(text);
}
