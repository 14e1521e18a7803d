// Light or dark: the system's choice, or the user's own over it.
import { signal } from "@preact/signals";

const NAME = "setpoint-theme";
const ORDER = ["system", "light", "dark"] as const;
type Theme = (typeof ORDER)[number];

const SIGNS: Readonly<Record<Theme, string>> = { system: "◐", light: "☀", dark: "☾" };
const theme = signal<Theme>("system");

function apply(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
}

/** Take up the choice of last time; call before anything is drawn. */
export function startTheme(): void {
  try {
    const held = localStorage.getItem(NAME);
    apply(ORDER.find((one) => one === held) ?? "system");
  } catch {
    apply("system"); // a frame in a notebook may have no storage
  }
}

function choose(chosen: Theme): void {
  apply(chosen);
  try {
    localStorage.setItem(NAME, chosen);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

export function ThemeSwitch() {
  const now = theme.value;
  const next = ORDER[(ORDER.indexOf(now) + 1) % ORDER.length] ?? "system";
  const said = now === "system" ? "as the system" : now;
  return (
    <button
      type="button"
      class="plain icon"
      title={`Theme: ${said}. Press for ${next === "system" ? "the system's" : next}.`}
      aria-label={`Theme: ${said}`}
      onClick={() => choose(next)}
    >
      <span aria-hidden="true">{SIGNS[now]}</span>
    </button>
  );
}
