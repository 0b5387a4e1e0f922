/** Line icons on a grid of 20. */
const PATHS = {
  pan: 'M10 3v14M3 10h14M10 3 8 5m2-2 2 2M10 17l-2-2m2 2 2-2M3 10l2-2m-2 2 2 2M17 10l-2-2m2 2-2 2',
  point: 'M10 4v12M4 10h12M10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6',
  box: 'M4 5h12v10H4z',
  wand: 'M4 16 12 8M13 3v3M13 10v2M9 7h2M15 7h3M15.5 4.5l-1 1M15.5 9.5l-1-1',
  instance: 'M7 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6M13 11v5M10.500 13.500h5',
  brush: 'M16 4 9 11M9 11c-2-1-4 0-4 2s-1 2-2 3c3 1 7 0 7-3 0-1 0-1.500-1-2',
  eraser: 'm4 12 7-7 5 5-6 6H7zM8 8l5 5M7 16h10',
  lasso: 'M6 12c-5-3-1-8 5-8 5 0 7 3 5 6-2 2-6 3-10 2-2 0-2 3 0 3 2 1 1 2 0 3',
  undo: 'M5 8h8a4 4 0 0 1 0 8H8M5 8l3-3M5 8l3 3',
  redo: 'M15 8H7a4 4 0 0 0 0 8h5M15 8l-3-3M15 8l-3 3',
  previous: 'm12 5-5 5 5 5',
  next: 'm8 5 5 5-5 5',
  close: 'm5 5 10 10M15 5 5 15',
  eye: 'M2 10c3-5 13-5 16 0-3 5-13 5-16 0M10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4',
  hidden: 'M2 10c3-5 13-5 16 0-3 5-13 5-16 0M4 16 16 4',
  check: 'm4 10 4 4 8-9',
  download: 'M10 3v9M6 9l4 4 4-4M4 16h12',
  theme: 'M10 3a7 7 0 1 0 7 7 5 5 0 0 1-7-7',
  fit: 'M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4',
  help: 'M8 8a2 2 0 1 1 2 2v2M10 15v.1M10 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16',
  reject: 'M5 5l10 10M15 5 5 15',
  open: 'M3 6h5l2 2h7v8H3z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
