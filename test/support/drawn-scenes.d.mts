export interface DrawnScene {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
  readonly mask: Uint8Array;
}
export function drawScene(seed: number, options?: { width?: number; height?: number; share?: number }): DrawnScene;
export function blur(plane: Float32Array, width: number, height: number, sigma: number): Float32Array;
export function coarsen(mask: Uint8Array, width: number, height: number): Float32Array;
