export interface Fixture {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function readFixtures(folder: URL, ending: string): Fixture[];
export function mutateFile(fixtures: readonly Fixture[], number: number): Fixture & { readonly kind: string };
