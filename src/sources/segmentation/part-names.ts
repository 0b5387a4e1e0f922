import { nearest } from '../../closest-match.js';
import { MaskwrightError } from '../../errors.js';

/** Names for several labels of face parsing (CelebAMask-HQ) and of clothes (ATR). */
const PART_GROUPS: Readonly<Record<string, readonly string[]>> = {
  face: ['face', 'skin', 'nose', 'l_eye', 'r_eye', 'l_brow', 'r_brow', 'mouth', 'u_lip', 'l_lip', 'eye_g'],
  eyes: ['l_eye', 'r_eye'],
  eyebrows: ['l_brow', 'r_brow'],
  ears: ['l_ear', 'r_ear'],
  lips: ['u_lip', 'l_lip'],
  glasses: ['eye_g', 'sunglasses'],
  clothes: ['cloth', 'upper-clothes', 'skirt', 'pants', 'dress', 'belt', 'scarf'],
  shoes: ['left-shoe', 'right-shoe'],
  arms: ['left-arm', 'right-arm'],
  legs: ['left-leg', 'right-leg'],
};

/** Parts that the model of clothes knows, and that of faces does not. */
const OF_CLOTHES = new Set(
  'clothes shoes arms legs upper-clothes skirt pants dress belt scarf bag sunglasses left-shoe right-shoe left-arm right-arm left-leg right-leg'.split(
    ' ',
  ),
);

/** The model that knows a part, by its name in models.json. */
export function modelOfParts(parts: readonly string[]): string {
  return parts.some((part) => OF_CLOTHES.has(part.toLowerCase())) ? 'clothes' : 'face-parsing';
}

/** The numbers of the labels that parts stand for. Throws `OPTION_RANGE` for a part that the model does not know. */
export function labelsOfParts(parts: readonly string[], labels: readonly string[], model: string): ReadonlySet<number> {
  const names = labels.map((label) => label.toLowerCase());
  return new Set(
    parts.flatMap((part) => {
      const wanted = part.toLowerCase();
      const exact = names.indexOf(wanted);
      const group = (PART_GROUPS[wanted] ?? []).map((name) => names.indexOf(name)).filter((id) => id >= 0);
      // "face" is a label of clothes models, and a group of face parsing.
      const found = exact >= 0 ? [exact] : group;
      if (found.length === 0) {
        const groups = Object.keys(PART_GROUPS).filter((name) =>
          PART_GROUPS[name]!.some((label) => names.includes(label)),
        );
        const known = [...new Set([...groups, ...names])];
        const near = nearest(wanted, known);
        throw new MaskwrightError('OPTION_RANGE', `${model} knows no part ${JSON.stringify(part)}`, {
          hint: `${near === undefined ? '' : `did you mean ${near}? `}parts are ${known.join(', ')}`,
        });
      }
      return found;
    }),
  );
}
