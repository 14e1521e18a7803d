// What a screen shows, as a command and as Python; what these can't say stands before them as a comment.
import { type Address, splitList } from "../address";
import { comparing } from "../compare/state";
import { brushesFrom, type Brushes } from "../explore/brush";
import { brushClauses } from "../explore/clause";
import { addClause } from "../filter/clause";
import { TAGS } from "../runs/columns";
import { groupingOf } from "../runs/layout";
import { joinWhere } from "../where";

export interface Code {
  readonly command: string;
  readonly python: string;
}
type Params = ReadonlyMap<string, string>;

/** A word for a POSIX shell. */
export const word = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;

/** A text as Python writes it: JSON's form is Python's too, but for signs beyond the first plane, which both read as they are. */
const text = (value: string): string => JSON.stringify(value);

/** A store by its URL is told without user and password, so it can't be named. */
const isUrl = (store: string): boolean => /^\w+:\/\//.test(store);
const isNamed = (store: string | undefined): store is string => store !== undefined && !isUrl(store);

/** How a command names the store that the page shows; "" where it is not known. */
export const storeOption = (store: string | undefined): string => (isNamed(store) ? ` --store ${word(store)}` : "");

interface Call {
  readonly words: readonly string[];
  readonly name: string;
  readonly args: readonly string[];
  /** What to do with what the call gives. */
  readonly then?: string;
  readonly into?: string;
}
interface Notes {
  readonly command?: readonly string[];
  readonly python?: readonly string[];
}

const comment = (notes: readonly string[]): string => notes.map((note) => `# ${note.replace(/\s+/g, " ")}\n`).join("");

function pythonOf({ name, args, then = "", into }: Call, store: string | undefined): string {
  const all = [...args, ...(isNamed(store) ? [`store=${text(store)}`] : [])];
  return `${into === undefined ? "" : `${into} = `}setpoint.${name}(${all.join(", ")})${then}`;
}

function code(calls: readonly Call[], store: string | undefined, notes: Notes = {}): Code {
  const url = store !== undefined && isUrl(store) ? [`Name the store at ${store}, with user and password.`] : [];
  const commands = calls.map(({ words }) => `setpoint ${words.join(" ")}${storeOption(store)}`);
  const said = (own: readonly string[] = []): string => comment([...url, ...own]);
  return {
    command: said(notes.command) + commands.join("\n"),
    python: `import setpoint\n\n${said(notes.python)}${calls.map((call) => pythonOf(call, store)).join("\n")}`,
  };
}

/** Filter and project, as words and as arguments. */
function asked(filter: string, project: string): { words: string[]; args: string[] } {
  return {
    words: [...(filter === "" ? [] : [word(filter)]), ...(project === "" ? [] : ["--project", word(project)])],
    args: [...(filter === "" ? [] : [text(filter)]), ...(project === "" ? [] : [`project=${text(project)}`])],
  };
}
const part = (params: Params, name: string): string => params.get(name) ?? "";

function groupsCode(params: Params, store: string | undefined): Code | null {
  const grouping = groupingOf(part(params, "g"));
  if (grouping === null) return null;
  const { words, args } = asked(part(params, "f"), part(params, "p"));
  const [key = "", ...more] = grouping.keys;
  const listed = { words: ["ls", ...words], name: "runs", args, into: "runs" };
  if (grouping.isBut) {
    const note = `Not in it: the groups of runs that are equal in all params except ${grouping.keys.join(", ")}.`;
    const alike = ["alike RUN", ...grouping.keys.map((name) => `--except ${word(name)}`)].join(" ");
    return code([listed], store, { command: [note, `Of one run: setpoint ${alike}`], python: [note] });
  }
  const note = `Grouped by one key; on the page within it by ${more.join(", ")}.`;
  const grouped = { words: ["ls", ...words, "--group", word(key)], name: "runs", args };
  return code([{ ...grouped, then: `.group(${text(key)})`, into: "groups" }], store, {
    command: more.length > 0 ? [note] : [],
    python: more.length > 0 ? [note] : [],
  });
}

function runsCode(params: Params, store: string | undefined): Code {
  const grouped = groupsCode(params, store);
  if (grouped !== null) return grouped;
  const [sort = "", ...more] = splitList(part(params, "s"));
  const all = splitList(part(params, "c"));
  const columns = all.filter((name) => name !== TAGS);
  const { words, args } = asked(part(params, "f"), part(params, "p"));
  const note = `Ordered by one key; on the page then by ${more.join(", then ")}.`;
  const call = {
    words: [
      "ls",
      ...words,
      ...(sort === "" ? [] : ["--sort", word(sort)]),
      ...(columns.length === 0 ? [] : ["--columns", word(columns.join(","))]),
    ],
    name: "runs",
    args: [...args, ...(sort === "" ? [] : [`order_by=${text(sort)}`])],
    into: "runs",
  };
  const notes = more.length > 0 ? [note] : [];
  const tags = all.length > columns.length ? ["Not in it: the column of tags."] : [];
  return code([call], store, { command: [...notes, ...tags], python: notes });
}

/** The filter with what is brushed, and what of it no filter can say. */
function marked(filter: string, brushes: Brushes): { where: string; missed: string[] } {
  const keys = [...brushes.keys()];
  const clauses = brushClauses(brushes, (_, label) => label === "True" || label === "False");
  return {
    where: clauses.reduce<string>((held, clause) => (clause === null ? held : addClause(held, clause)), filter),
    missed: keys.filter((_, at) => clauses[at] === null),
  };
}

function exploreCode(params: Params, store: string | undefined): Code {
  const [filter, project] = [part(params, "f"), part(params, "p")];
  const metric = part(params, "m")
    .replace(/^(min|max):/, "")
    .replace(/^summary\./, "");
  const brushes = brushesFrom(part(params, "b"));
  const { where, missed } = marked(filter, brushes);
  const all = asked(filter, project);
  const some = asked(where, project);
  const weighed: Call = {
    words: ["importance", word(metric), ...all.words],
    name: "runs",
    args: all.args,
    then: `.importance(${text(metric)})`,
    into: "importance",
  };
  const listed: Call = { words: ["ls", ...some.words], name: "runs", args: some.args, into: "runs" };
  const notes = [
    ...missed.map((key) => `Not in it: what is marked on ${key}.`),
    ...(part(params, "l") === "" ? [] : ["Not in it: the outline that was drawn around runs."]),
    ...(part(params, "r") === "" ? [] : ["Not in it: the runs that were chosen one by one."]),
  ];
  const hasMarks = brushes.size > 0 || metric === "";
  return code([...(metric === "" ? [] : [weighed]), ...(hasMarks ? [listed] : [])], store, {
    command: notes,
    python: notes,
  });
}

function compareCode(store: string | undefined): Code | null {
  const { ids, ignored, isAll, filter } = comparing();
  const [only = ""] = ids;
  if (ids.length === 0) return null;
  if (ids.length === 1) return runCode(only, store);
  const call = {
    words: [
      "diff",
      ...ids.map(word),
      ...ignored.flatMap((key) => ["--ignore", word(key)]),
      ...(isAll ? ["--all"] : []),
    ],
    name: "runs",
    args: [text(joinWhere(`run.id in (${ids.map(text).join(", ")})`, ""))],
    then: `.diff(${ignored.length === 0 ? "" : JSON.stringify(ignored)})`,
    into: "difference",
  };
  const notes = filter === "" ? [] : [`Not in it: that only keys like ${filter} are shown.`];
  return code([call], store, { command: notes, python: notes });
}

const runCode = (id: string, store: string | undefined): Code =>
  code([{ words: ["show", word(id)], name: "load", args: [text(id)], into: "run" }], store);

/** Null where the screen shows nothing that a command could. */
export function codeOf({ path, params }: Address, store?: string): Code | null {
  const [, screen = "", id = ""] = path.split("/");
  if (screen === "run") return id === "" ? null : runCode(decodeURIComponent(id), store);
  if (screen === "compare") return compareCode(store);
  if (screen === "explore") return exploreCode(params, store);
  return screen === "runs" ? runsCode(params, store) : null;
}
