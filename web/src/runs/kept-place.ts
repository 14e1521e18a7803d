// Where the user was in the table, at each step of the browser's history: "back" leads there again.
import { useEffect, useRef } from "preact/hooks";
import { address, keepPlace, param, placeOf, splitList } from "../address";
import { whereOf } from "../where";
import type { Place } from "./grid";
import type { Question } from "./rows";

interface Kept {
  readonly place: Place;
  readonly top: number;
  readonly left: number;
}
interface Scroll {
  readonly box: { current: HTMLDivElement | null };
  readonly top: number;
  readonly left: number;
  readonly goTo: (top: number) => void;
}

const same = (one: readonly string[], other: readonly string[]): boolean => one.join("\n") === other.join("\n");

const keptAt = (step: number): Kept | undefined => placeOf(step) as Kept | undefined;

/** The cell that was current at this step, else the first one. */
export const firstPlace = (): Place => keptAt(address.peek().step)?.place ?? { row: 0, column: 0 };

/** Keep where the table stands, and lead back there; rows of another question begin at the top. */
export function useKeptPlace(
  { where, sort }: Question,
  place: Place,
  setPlace: (place: Place) => void,
  scroll: Scroll,
): void {
  const { step } = address.value;
  const isAsked = where === whereOf() && same(sort, splitList(param("s")));
  const question = [where, ...sort].join("\n");
  const shown = useRef<{ step: number; question: string } | undefined>(undefined);
  useEffect(() => {
    if (!isAsked) return; // rows of the step before, until those of this one come
    const [held, before] = [keptAt(step), shown.current];
    shown.current = { step, question };
    if (held === undefined) {
      if (before !== undefined && before.question !== question) scroll.goTo(0);
      return;
    }
    if (held.place.row !== place.row || held.place.column !== place.column) setPlace(held.place);
    if (scroll.box.current !== null) scroll.box.current.scrollLeft = held.left;
    scroll.goTo(held.top);
    if (before === undefined && document.activeElement === document.body)
      scroll.box.current?.focus({ preventScroll: true }); // which passes it on to the cell
  }, [step, isAsked, question]);
  useEffect(() => {
    if (shown.current !== undefined) keepPlace(shown.current.step, { place, top: scroll.top, left: scroll.left });
  }, [place, scroll.top, scroll.left, step]);
}
