// What the server keeps for the user: named views, and the layout of each project's tables.
import { computed, signal } from "@preact/signals";
import { param } from "./address";
import { get, put, type Views } from "./api";

type Edit = (views: Views) => Views;
const REST_MS = 500;

/** Views and layout as far as known; null before the server told of them. */
const kept = signal<Views | null>(null);
/** What saving or reading them last failed with, "" where it did not. */
export const viewsError = signal("");
/** Whether it is known what is kept, or that it can't be known. */
export const isViewsKnown = computed(() => kept.value !== null || viewsError.value !== "");
let edits: Edit[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let coming: Promise<void> | undefined;

const NOTHING: Views = { views: [], layout: {} };
const say = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Ask for views and layout, once; again only where that failed. */
export function loadViews(): Promise<void> {
  coming ??= get<Views>("/api/views").then(
    (views) => {
      kept.value = edits.reduce((held, edit) => edit(held), views);
      viewsError.value = "";
    },
    (error: unknown) => {
      coming = undefined;
      viewsError.value = say(error);
    },
  );
  return coming;
}

/** Save now what was changed. Another tab may have saved meanwhile: our changes are made to what is there now. */
async function save(): Promise<void> {
  clearTimeout(timer);
  const mine = edits;
  if (mine.length === 0) return;
  edits = [];
  try {
    const there = await get<Views>("/api/views");
    kept.value = await put<Views>(
      "/api/views",
      mine.reduce((views, edit) => edit(views), there),
    );
    kept.value = edits.reduce((views, edit) => edit(views), kept.value);
    viewsError.value = "";
  } catch (error) {
    edits = [...mine, ...edits];
    viewsError.value = say(error);
  }
}

function edited(edit: Edit): void {
  edits.push(edit);
  kept.value = edit(kept.peek() ?? NOTHING);
  clearTimeout(timer);
  timer = setTimeout(() => void save(), REST_MS);
}

addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") void save();
});

export const savedViews = (): Views["views"] => kept.value?.views ?? [];

/** Keep an address under a name; a view of that name is replaced. */
export const saveView = (name: string, url: string): void =>
  edited(({ views, layout }) => ({ views: [...views.filter((view) => view.name !== name), { name, url }], layout }));

export const deleteView = (name: string): void =>
  edited(({ views, layout }) => ({ views: views.filter((view) => view.name !== name), layout }));

type Part = Readonly<Record<string, unknown>>;
const partOf = (views: Views | null, project: string): Part => (views?.layout[project] ?? {}) as Part;

/** Keep a part of the layout of the project that is chosen. */
export function setLayout(name: string, value: unknown): void {
  const project = param("p");
  edited(({ views, layout }) => ({
    views,
    layout: { ...layout, [project]: { ...partOf({ views, layout }, project), [name]: value } },
  }));
}

/** A part of the layout that is kept for the chosen project, and how to change it. */
export function useLayout<T>(name: string, fallback: T): [T, (value: T) => void] {
  const value = partOf(kept.value, param("p"))[name] as T | undefined;
  return [value ?? fallback, (next) => setLayout(name, next)];
}

/** A part of the layout outside of components; undefined where none is kept. */
export const layoutOf = (name: string): unknown => partOf(kept.value, param("p"))[name];
