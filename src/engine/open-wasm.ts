/** What a module of this engine exports, at the least. */
export interface WasmExports {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number };
}

// The types of Node leave WebAssembly to those of browsers.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const PAGE = 65_536;

/**
 * A function that gives the exports of a module with a memory of at least so many bytes, whose contents are those of the
 * last use. The module is compiled at the first call. Memory of WebAssembly never shrinks: an instance with more than
 * `keptBytes` is not kept.
 *
 * The function throws where a page's policy, the engine or the size do not allow WebAssembly.
 */
export function wasmOpener(code: Uint8Array, keptBytes = 16 * 2 ** 20): (bytes: number) => WasmExports {
  let module: object | undefined;
  let kept: WasmExports | undefined;
  return (bytes) => {
    module ??= new WebAssembly.Module(code);
    const open = (): WasmExports => new WebAssembly.Instance(module!).exports as WasmExports;
    const instance = bytes > keptBytes ? open() : (kept ??= open());
    const pages = Math.ceil((bytes - instance.memory.buffer.byteLength) / PAGE);
    if (pages > 0) {
      instance.memory.grow(pages);
    }
    return instance;
  };
}

/** Addresses in a memory for arrays of so many bytes, multiples of 64, and that of the end of them all. */
export function layOut<Name extends string>(sizes: Readonly<Record<Name, number>>): Record<Name | 'end', number> {
  const at: Record<string, number> = {};
  let end = 0;
  for (const [name, size] of Object.entries<number>(sizes)) {
    at[name] = end;
    end += Math.ceil(size / 64) * 64;
  }
  return { ...at, end } as Record<Name | 'end', number>;
}
