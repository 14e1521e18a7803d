// Where a run ran: code, machine, command, packages.
import { useState } from "preact/hooks";
import type { Run } from "../api";
import { Copy } from "./bits";
import { Patch } from "./patch";

export type Leaf = readonly [name: string, text: string];

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function textOfAny(value: unknown): string {
  if (value === null) return "none";
  if (typeof value === "string") return value;
  return typeof value === "boolean" ? (value ? "yes" : "no") : JSON.stringify(value);
}

/** What is nested as names with dots and texts. */
export function leavesOf(value: unknown, name = ""): Leaf[] {
  if (isPlain(value) && Object.keys(value).some((key) => key.startsWith("$")))
    return [[name, textOfAny(value["$redacted"] === undefined ? value : "redacted")]];
  if (isPlain(value))
    return Object.entries(value).flatMap(([key, below]) => leavesOf(below, name === "" ? key : `${name}.${key}`));
  if (Array.isArray(value) && value.some(isPlain))
    return value.flatMap((below, at) => leavesOf(below, `${name}[${at}]`));
  if (Array.isArray(value)) return [[name, value.map(textOfAny).join(" ")]];
  return [[name, name.endsWith("bytes") && typeof value === "number" ? bytes(value) : textOfAny(value)]];
}

function bytes(count: number): string {
  const size = Math.min(4, Math.floor(Math.log2(Math.max(1, count)) / 10));
  return size === 0
    ? `${count} bytes`
    : `${(count / 1024 ** size).toFixed(1)} ${["", "KiB", "MiB", "GiB", "TiB"][size] ?? ""}`;
}

const GROUPS: readonly (readonly [title: string, parts: readonly string[]])[] = [
  ["Code", ["git", "script"]],
  ["Command", ["command", "executable", "folder", "python"]],
  ["Machine", ["host", "user", "system", "cpu_count", "cpus_usable", "memory_bytes", "gpus", "process"]],
  ["Environment variables", ["variables"]],
];

export function Environment({ run }: { run: Run }) {
  const { environment } = run;
  const known = new Set([...GROUPS.flatMap(([, parts]) => parts), "argv", "packages"]); // argv is the end of command
  const rest = Object.keys(environment).filter((name) => !known.has(name));
  const groups = [...GROUPS, ["Other", rest] as const]
    .map(
      ([title, parts]) =>
        [
          title,
          parts.filter((part) => part in environment).flatMap((part) => leavesOf(environment[part], part)),
        ] as const,
    )
    .filter(([, leaves]) => leaves.length > 0);
  const packages = isPlain(environment["packages"])
    ? Object.entries(environment["packages"]).map(([name, version]): Leaf => [name, textOfAny(version)])
    : [];
  if (groups.length === 0 && packages.length === 0)
    return <p class="quiet run-none">Nothing is recorded of where this run ran.</p>;
  return (
    <div class="environment">
      <div class="environment-groups">
        {groups.map(([title, leaves]) => (
          <Facts key={title} title={title} leaves={leaves} />
        ))}
      </div>
      {packages.length > 0 && <Packages packages={packages} />}
      {run.hasPatch && (
        <section class="environment-patch">
          <h2>Uncommitted changes</h2>
          <Patch id={run.id} />
        </section>
      )}
    </div>
  );
}

function Facts({ title, leaves }: { title: string; leaves: readonly Leaf[] }) {
  return (
    <section class="card">
      <h2>{title}</h2>
      <dl class="facts">
        {leaves.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="mono">{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Packages({ packages }: { packages: readonly Leaf[] }) {
  const [typed, setTyped] = useState("");
  const found = packages.filter(([name]) => name.toLowerCase().includes(typed.trim().toLowerCase()));
  return (
    <section class="card packages">
      <div class="packages-head">
        <h2>Packages</h2>{" "}
        <span class="quiet" role="status">
          {found.length === packages.length ? packages.length : `${found.length} of ${packages.length}`}
        </span>
        <Copy
          text={() => packages.map(([name, version]) => `${name}==${version}`).join("\n") + "\n"}
          label="Copy as requirements"
        />
      </div>
      <input
        type="search"
        id="run-search"
        placeholder="Search packages"
        aria-label="Search packages"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <dl class="facts packages-list" tabIndex={0} aria-label="Packages">
        {found.map(([name, version]) => (
          <div key={name}>
            <dt class="mono">{name}</dt>
            <dd class="mono">{version}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
