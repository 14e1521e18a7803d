// The frame of all screens: navigation, and the screen that the address names.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { address, go, href } from "./address";
import { Waiting } from "./states";

type Screen = ComponentType;
const SCREENS: Record<string, () => Promise<{ default: Screen }>> = {
  runs: () => import("./runs/screen"),
  compare: () => import("./compare/screen"),
  explore: () => import("./explore/screen"),
  run: () => import("./run/screen"),
};
const KEPT = ["f", "p", "s", "c", "g", "m"]; // the parts of the state that all screens share

function useScreen(name: string): Screen | undefined {
  const [loaded, setLoaded] = useState<{ name: string; screen: Screen }>();
  useEffect(() => {
    let isWanted = true;
    void SCREENS[name]?.().then(({ default: screen }) => {
      if (isWanted) setLoaded({ name, screen });
    });
    return () => {
      isWanted = false;
    };
  }, [name]);
  return loaded?.name === name ? loaded.screen : undefined;
}

/** A link within the page: a real address, followed without loading the page anew. */
export function Link({ to, label, class: name, current }: { to: string; label: string; class?: string; current?: boolean }) {
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} class={name} onClick={follow} aria-current={current === true ? "page" : undefined}>
      {label}
    </a>
  );
}

export function Shell() {
  const name = address.value.path.split("/")[1] ?? "runs";
  const known = name in SCREENS ? name : "runs";
  const Shown = useScreen(known);
  const kept = KEPT.map((part) => [part, address.value.params.get(part) ?? ""] as const);
  return (
    <>
      <a class="skip" href="#main">Skip to content</a>
      <header class="bar">
        <span class="brand">setpoint</span>
        <nav aria-label="Screens">
          {["runs", "compare", "explore"].map((screen) => (
            <Link key={screen} to={href(`/${screen}`, kept)} label={screen.charAt(0).toUpperCase() + screen.slice(1)} current={screen === known} />
          ))}
        </nav>
      </header>
      <main id="main">{Shown === undefined ? <Waiting /> : <Shown />}</main>
    </>
  );
}
