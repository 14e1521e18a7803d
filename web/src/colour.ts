// A run has one colour on all screens: of its id, or of its value of a key that the user chose.
/** Okabe and Ito's palette, told apart by the colour-blind; yellow and black left out for contrast. */
export const PALETTE = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#e69f00",
  "#6f4fbf",
  "#8a6d3b",
] as const;

/** FNV-1a of 32 bits. */
export function hash(text: string): number {
  let sum = 2166136261;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 16777619);
  return sum >>> 0;
}

export const colourOf = (text: string): string => PALETTE[hash(text) % PALETTE.length] ?? PALETTE[0];

/** Viridis at `share` from 0 to 1, by five of its points. Source: matplotlib's colormap of that name (CC0). */
export function scaleColour(share: number): string {
  const points = [
    [68, 1, 84],
    [59, 82, 139],
    [33, 145, 140],
    [94, 201, 98],
    [253, 231, 37],
  ] as const;
  const place = Math.min(Math.max(share, 0), 1) * (points.length - 1);
  const low = points[Math.min(Math.floor(place), points.length - 2)] ?? points[0];
  const high = points[Math.min(Math.floor(place), points.length - 2) + 1] ?? points[0];
  const part = place - Math.min(Math.floor(place), points.length - 2);
  const mixed = low.map((value, at) => Math.round(value + ((high[at] ?? value) - value) * part));
  return `rgb(${mixed.join(",")})`;
}
