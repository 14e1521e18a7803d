// The colour of runs by a key that the user chose: the same value, the same colour, wherever in the table it stands.
import { useMemo } from "preact/hooks";
import type { Cell, Facets, Row } from "../api";
import { colourOf, PALETTE, scaleColour } from "../colour";
import { useAnswer } from "../load";
import { isUnset, numberOf, textOf } from "../value";
import { STATUS } from "./columns";
import { isLog } from "./facets";
import type { Rows } from "./rows";

const SHARES = [0, 0.25, 0.5, 0.75, 1];
const GREY = "#8a94a3";

export interface Colouring {
  readonly colour: (row: Row, at: number) => string;
  readonly legend: readonly { readonly label: string; readonly colour: string }[];
}

/** Colours for the values of a facet: of a palette for few ones, of a scale for numbers. */
export function colouringOf(facets: Facets | undefined): { of: (cell: Cell) => string; legend: Colouring["legend"] } {
  const facet = facets?.facets[0];
  const bins = facet?.bins ?? [];
  const low = bins[0]?.low;
  const high = bins.at(-1)?.high;
  if (low !== undefined && high !== undefined) {
    const isByFactor = low > 0 && isLog(bins);
    const scale = (value: number): number => (isByFactor ? Math.log(Math.max(value, low)) : value);
    const share = (value: number): number => (scale(value) - scale(low)) / (scale(high) - scale(low) || 1);
    const of = (cell: Cell): string => {
      const number = numberOf(cell);
      return number === undefined ? GREY : scaleColour(share(number));
    };
    return {
      of,
      legend: SHARES.map((part) => ({
        label: part === 0 ? textOf(low) : part === 1 ? textOf(high) : "",
        colour: scaleColour(part),
      })),
    };
  }
  const texts = (facet?.values ?? []).map(({ value }) => textOf(value));
  const colours = new Map(texts.slice(0, PALETTE.length).map((text, at) => [text, PALETTE[at] ?? GREY]));
  const of = (cell: Cell): string => (isUnset(cell) ? GREY : (colours.get(textOf(cell)) ?? colourOf(textOf(cell))));
  return { of, legend: [...colours].map(([label, colour]) => ({ label, colour })) };
}

/** `key` "": each run has its own colour. */
export function useColouring(rows: Rows | undefined, key: string, where: string): Colouring {
  const facets = useAnswer<Facets>(key === "" ? null : "/api/facets", { where, keys: [key] });
  return useMemo(() => {
    if (key === "") return { colour: (row) => colourOf(row.id), legend: [] };
    const { of, legend } = colouringOf(facets.data);
    return {
      colour: (row, at) => {
        const cell = key === STATUS ? row.status : rows?.cell(at, key);
        return cell === undefined ? GREY : of(cell);
      },
      legend,
    };
  }, [rows, key, facets.data]);
}
