// Which project's runs are shown.
import { change, param } from "../address";
import type { Store } from "../api";
import { addClause } from "../filter/clause";

const NONE = "\u0000none"; // no project can have this name: records hold no NUL

const said = (name: string, runs: number): string => `${name} (${runs.toLocaleString("en")})`;

export function Projects({ store }: { store: Store | undefined }) {
  const chosen = param("p");
  const projects = store?.projects ?? [];
  const named = projects.flatMap(({ name, runs }) => (name === null ? [] : [{ name, runs }]));
  const without = projects.find(({ name }) => name === null);
  const isKnown = chosen === "" || named.some(({ name }) => name === chosen);
  if (named.length === 0 && chosen === "") return null;
  const choose = (name: string): void => {
    if (name === NONE) change({ p: "", f: addClause(param("f"), "run.project == None") });
    else change({ p: name });
  };
  return (
    <select
      class="projects"
      aria-label="Project"
      value={chosen}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">{store === undefined ? "All projects" : said("All projects", store.runs)}</option>
      {!isKnown && <option value={chosen}>{chosen}</option>}
      {named.map(({ name, runs }) => (
        <option key={name} value={name}>
          {said(name, runs)}
        </option>
      ))}
      {without !== undefined && <option value={NONE}>{said("No project", without.runs)}</option>}
    </select>
  );
}
