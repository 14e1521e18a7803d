// What a screen shows, as a command and as Python.
import { type Address, splitList } from "../address";
import { joinWhere } from "../where";

export interface Code {
  readonly command: string;
  readonly python: string;
}

/** A word for a POSIX shell. */
export const word = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;

/** A text as Python writes it: JSON's form is Python's too, but for signs beyond the first plane, which both read as they are. */
const text = (value: string): string => JSON.stringify(value);

const call = (name: string, args: readonly string[]): string => `setpoint.${name}(${args.join(", ")})`;
const program = (expression: string): string => `import setpoint\n\n${expression}`;

function runsCode(params: ReadonlyMap<string, string>): Code {
  const [filter, project] = [params.get("f") ?? "", params.get("p") ?? ""];
  const sort = splitList(params.get("s") ?? "")[0] ?? "";
  const columns = params.get("c") ?? "";
  const group = splitList(params.get("g") ?? "");
  const isGrouped = group.length === 1;
  const command = [
    "setpoint ls",
    ...(filter === "" ? [] : [word(filter)]),
    ...(project === "" ? [] : ["--project", word(project)]),
    ...(sort === "" ? [] : ["--sort", word(sort)]),
    ...(columns === "" || isGrouped ? [] : ["--columns", word(columns)]),
    ...(isGrouped ? ["--group", word(group[0] ?? "")] : []),
  ].join(" ");
  const args = [
    ...(filter === "" ? [] : [text(filter)]),
    ...(project === "" ? [] : [`project=${text(project)}`]),
    ...(sort === "" ? [] : [`order_by=${text(sort)}`]),
  ];
  return { command, python: program(`runs = ${call("runs", args)}`) };
}

function exploreCode(params: ReadonlyMap<string, string>): Code {
  const runs = runsCode(new Map([...params].filter(([name]) => name === "f" || name === "p")));
  const metric = (params.get("m") ?? "").replace(/^(min|max):/, "").replace(/^summary\./, "");
  if (metric === "") return runs;
  return {
    command: runs.command.replace("setpoint ls", `setpoint importance ${word(metric)}`),
    python: `${runs.python}.importance(${text(metric)})`,
  };
}

function compareCode(params: ReadonlyMap<string, string>): Code | null {
  const ids = splitList(params.get("r") ?? "");
  if (ids.length === 0) return null;
  const where = joinWhere(`run.id in (${ids.map(text).join(", ")}${ids.length === 1 ? "," : ""})`, "");
  return {
    command: ["setpoint diff", ...ids].join(" "),
    python: program(`setpoint.runs(${JSON.stringify(where)}).diff()`),
  };
}

/** Null where the screen shows nothing that a command could. */
export function codeOf({ path, params }: Address): Code | null {
  const [, screen = "", id = ""] = path.split("/");
  if (screen === "run")
    return {
      command: `setpoint show ${word(decodeURIComponent(id))}`,
      python: program(`run = setpoint.load(${text(decodeURIComponent(id))})`),
    };
  if (screen === "compare") return compareCode(params);
  return screen === "explore" ? exploreCode(params) : runsCode(params);
}
