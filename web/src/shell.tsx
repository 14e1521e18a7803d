// The frame of all screens: navigation, project, filter, views, and the screen that the address names.
import "./frame/frame.css";
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { address, go, href, param } from "./address";
import type { Store } from "./api";
import { FilterBox, focusFilter } from "./filter/box";
import { Banner } from "./frame/banner";
import { CopyAs } from "./frame/copy-as";
import { Help } from "./frame/help";
import { Projects } from "./frame/projects";
import { ThemeSwitch } from "./frame/theme";
import { ViewsMenu } from "./frame/views-menu";
import { useKeys } from "./keys";
import { refreshes, startLive } from "./live";
import { useAnswer } from "./load";
import { NewKey } from "./frame/new-key";
import { Empty, Waiting } from "./states";
import { loadViews } from "./views";

type Screen = ComponentType;
const SCREENS: Record<string, () => Promise<{ default: Screen }>> = {
  runs: () => import("./runs/screen"),
  compare: () => import("./compare/screen"),
  explore: () => import("./explore/screen"),
  run: () => import("./run/screen"),
};
const KEPT = ["f", "p", "s", "c", "g", "m"]; // the parts of the state that all screens share
const FILTERED = new Set(["runs", "explore"]);

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
export function Link({
  to,
  label,
  class: name,
  current,
}: {
  to: string;
  label: string;
  class?: string;
  current?: boolean;
}) {
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

const titled = (screen: string): string => screen.charAt(0).toUpperCase() + screen.slice(1);

function Bar({ screen, store, help }: { screen: string; store: Store | undefined; help: () => void }) {
  const kept = KEPT.map((part) => [part, address.value.params.get(part) ?? ""] as const);
  return (
    <header class="bar">
      <Link to={href("/runs", [["p", param("p")]])} label="setpoint" class="brand" />
      <nav aria-label="Screens">
        {["runs", "compare", "explore"].map((name) => (
          <Link key={name} to={href(`/${name}`, kept)} label={titled(name)} current={name === screen} />
        ))}
      </nav>
      {screen !== "run" && <Projects store={store} />}
      {FILTERED.has(screen) && <FilterBox />}
      <div class="bar-tools">
        <ViewsMenu />
        <CopyAs store={store?.store} />
        <ThemeSwitch />
        <button type="button" class="plain icon" title="Keys (?)" aria-label="Keys" onClick={help}>
          <span aria-hidden="true">?</span>
        </button>
      </div>
    </header>
  );
}

const NOWHERE = "";

/** The screen at a path; NOWHERE where there is none. */
function screenAt(path: string): string {
  const [, name = "", id, ...more] = path.split("/");
  const isWhole = name === "run" ? more.length === 0 : id === undefined;
  return isWhole && Object.hasOwn(SCREENS, name) ? name : NOWHERE;
}

const Nowhere = () => (
  <Empty title="There is no such screen">
    <p>
      Nothing is at <code>{address.value.path}</code>.
    </p>
    <Link to="/runs" label="Go to the runs" />
  </Empty>
);

export function Shell() {
  const known = screenAt(address.value.path);
  const Shown = useScreen(known);
  const [isHelping, setHelping] = useState(false);
  const store = useAnswer<Store>("/api/store", undefined, refreshes.value);
  const isShut = store.data === undefined && store.error?.status === 401; // else what was told before stays in sight
  useEffect(() => {
    void loadViews();
    return startLive();
  }, []);
  useEffect(() => {
    if (known === NOWHERE) document.title = "No such screen · setpoint";
    else document.title = `${known === "run" ? (address.value.path.split("/")[2] ?? "Run") : titled(known)} · setpoint`;
  }, [known, address.value.path]);
  useKeys({
    "?": { label: "All keys", act: () => setHelping(true) },
    ...(FILTERED.has(known) ? { "/": { label: "Filter", act: focusFilter } } : {}),
  });
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Bar screen={known} store={store.data} help={() => setHelping(true)} />
      {!isShut && <Banner />}
      <main id="main" tabIndex={-1}>
        {isShut ? (
          <div role="alert">
            <Empty title="This page needs its key">
              <NewKey />
            </Empty>
          </div>
        ) : known === NOWHERE ? (
          <Nowhere />
        ) : Shown === undefined ? (
          <Waiting />
        ) : (
          <Shown />
        )}
      </main>
      {isHelping && <Help close={() => setHelping(false)} />}
    </>
  );
}
