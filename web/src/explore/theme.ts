// Canvas colours come from the sheet's variables, in the theme that is on, and again whenever it changes.
import { signal } from "@preact/signals";
import { PALETTE } from "../colour";
import type { Rgb } from "./density";
import type { Look } from "./dots";
import { STEPS } from "./classes";

/** Counts changes of the theme; who draws takes it as a reason to draw again. */
export const themeChanges = signal(0);

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => themeChanges.value++);
new MutationObserver(() => themeChanges.value++).observe(document.documentElement, {
  attributeFilter: ["data-theme", "style", "class"],
});

function rgbOf(colour: string): Rgb {
  const hex = /^#(..)(..)(..)$/
    .exec(colour)
    ?.slice(1)
    .map((part) => parseInt(part, 16));
  const numbers =
    hex ??
    colour
      .match(/[\d.]+/g)
      ?.slice(0, 3)
      .map(Number) ??
    [];
  return [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0];
}

/** The colour that a variable stands for now; light-dark() is settled by an element that has it as its colour. */
function variable(probe: HTMLElement, name: string): Rgb {
  probe.style.color = `var(${name})`;
  return rgbOf(getComputedStyle(probe).color);
}

/** The page's colours for drawings: a ramp or categories, and last the grey of runs without one. */
export function currentLook(kind: "ramp" | "categories"): Look {
  const probe = document.createElement("span");
  document.body.append(probe);
  const ramp = Array.from({ length: STEPS }, (_, step) => variable(probe, `--ramp-${step}`));
  const colours = kind === "ramp" ? ramp : PALETTE.map(rgbOf);
  const look = {
    palette: [...colours, variable(probe, "--no-value")],
    context: variable(probe, "--unmarked"),
    ground: variable(probe, "--ground"),
  };
  probe.remove();
  return look;
}

/** A class' colour in the page's own elements. */
export const classColour = (kind: "ramp" | "categories", group: number): string =>
  group >= STEPS ? "var(--no-value)" : kind === "ramp" ? `var(--ramp-${group})` : (PALETTE[group] ?? "var(--no-value)");
