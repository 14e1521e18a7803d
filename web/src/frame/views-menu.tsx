// Views that were given names: an address under each.
import { useState } from "preact/hooks";
import { address, go, href } from "../address";
import { Menu } from "../run/bits";
import { deleteView, savedViews, saveView, viewsError } from "../views";

const screenOf = (url: string): string => /^\/([a-z]*)/.exec(url)?.[1] ?? "";

export function ViewsMenu() {
  const [name, setName] = useState("");
  const views = savedViews();
  const here = href(address.value.path, address.value.params);
  const save = (event: Event): void => {
    event.preventDefault();
    if (name.trim() === "") return;
    saveView(name.trim(), here);
    setName("");
  };
  return (
    <Menu label="Views" title="Saved views" isActive={views.some(({ url }) => url === here)}>
      <form class="views-save" onSubmit={save}>
        <input
          aria-label="Name of this view"
          placeholder="Name what you see now"
          maxLength={100}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit" class="primary" disabled={name.trim() === ""}>
          {views.some((view) => view.name === name.trim()) ? "Replace" : "Save"}
        </button>
      </form>
      {views.length === 0 && <p class="quiet">A view keeps screen, filter, sort, columns and groups under a name.</p>}
      {views.length > 0 && (
        <ul class="views-list">
          {views.map((view) => (
            <li key={view.name}>
              <a
                href={view.url}
                aria-current={view.url === here ? "true" : undefined}
                onClick={(event) => {
                  event.preventDefault();
                  go(view.url);
                }}
              >
                {view.name}
              </a>
              <span class="quiet">{screenOf(view.url)}</span>
              <button
                type="button"
                class="plain"
                aria-label={`Delete the view ${view.name}`}
                title="Delete"
                onClick={() => deleteView(view.name)}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      {viewsError.value !== "" && (
        <p class="views-error" role="alert">
          Views can't be kept: {viewsError.value}
        </p>
      )}
    </Menu>
  );
}
