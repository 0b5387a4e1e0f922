export interface ExrFixture {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function readExrFixtures(folder: URL): ExrFixture[];
export function mutateExr(fixtures: readonly ExrFixture[], number: number): ExrFixture & { readonly kind: string };
