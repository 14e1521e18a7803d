// What can be done with the runs that are selected.
import { useState } from "preact/hooks";
import { change, go, href, joinList, param } from "../address";
import { ApiError, post, type Row } from "../api";
import { Menu } from "../run/bits";
import { Link } from "../shell";
import { clearSelection, whereIds } from "./selection";

const AT_ONCE = 4;
const MOST = 500;

export const compareLink = (ids: readonly string[]): string =>
  href("/compare", [
    ["r", joinList(ids)],
    ["p", param("p")],
  ]);
export const exploreLink = (ids: readonly string[]): string =>
  href("/explore", [
    ["f", ids.length > 0 ? whereIds(ids) : param("f")],
    ["p", param("p")],
    ["m", param("m")],
  ]);

/** Add a tag to runs that may have others by now; tells how many could not be changed, and why. */
export async function tagAll(ids: readonly string[], tag: string): Promise<readonly string[]> {
  const { rows } = await post<{ rows: readonly Row[] }>("/api/rows", { ids, columns: [] });
  const waiting = rows.filter((row) => !row.tags.includes(tag));
  const failures: string[] = [];
  const work = async (): Promise<void> => {
    for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
      const { id, tags } = row;
      await post(`/api/run/${encodeURIComponent(id)}/edit`, { tags: [...tags, tag] }).catch((error: unknown) =>
        failures.push(`${id}: ${String(error)}`),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failures;
}

export function SelectionBar({
  ids,
  onExport,
  onTagged,
}: {
  ids: readonly string[];
  onExport: (where: string) => void;
  onTagged: () => void;
}) {
  const count = ids.length.toLocaleString("en");
  const isMany = ids.length > MOST;
  return (
    <div class="rt-selection" role="region" aria-label="Selected runs">
      <strong role="status">{count} selected</strong>
      <button
        type="button"
        class="primary"
        disabled={ids.length < 2}
        title={ids.length < 2 ? "Select two runs or more" : "Compare (c)"}
        onClick={() => go(compareLink(ids))}
      >
        Compare
      </button>
      <Link to={exploreLink(ids)} label="Explore" class="button" />
      <button type="button" onClick={() => change({ f: whereIds(ids) })}>
        Only these
      </button>
      <button type="button" onClick={() => onExport(whereIds(ids))}>
        Export
      </button>
      {isMany ? (
        <button type="button" disabled title={`Up to ${MOST} runs can be tagged at a time`}>
          Tag
        </button>
      ) : (
        <Menu label="Tag">
          <TagForm ids={ids} onTagged={onTagged} />
        </Menu>
      )}
      <button type="button" class="plain" title="Clear the selection (Esc)" onClick={clearSelection}>
        Clear
      </button>
    </div>
  );
}

function TagForm({ ids, onTagged }: { ids: readonly string[]; onTagged: () => void }) {
  const [text, setText] = useState("");
  const [told, setTold] = useState("");
  const [isBusy, setBusy] = useState(false);
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      const failures = await tagAll(ids, text.trim());
      setTold(
        failures.length === 0
          ? `Tagged ${ids.length.toLocaleString("en")} runs.`
          : `${failures.length} could not be tagged. ${failures[0] ?? ""}`,
      );
      onTagged();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setTold(error.message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="rt-tag-form" onSubmit={(event) => void add(event)}>
      <input
        aria-label="Tag to add"
        placeholder="Tag to add to all"
        maxLength={200}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="primary" disabled={isBusy || text.trim() === ""}>
        Add
      </button>
      <p role="status" class="quiet">
        {told}
      </p>
    </form>
  );
}
