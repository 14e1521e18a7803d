// Who a run is and how it went.
import { useEffect, useState } from "preact/hooks";
import { href } from "../address";
import type { Run } from "../api";
import { colourOf } from "../colour";
import { Link } from "../shell";
import { Copy, Status, When, ago, lasted, nameOf, reasonOf } from "./bits";
import { Notes, Tags } from "./edit";

/** The present, renewed often enough for "no sign of life for 4 min". */
function useNow(isTicking: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isTicking) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, [isTicking]);
  return isTicking ? now : Date.now();
}

export function Header({ run, done }: { run: Run; done: () => void }) {
  const isOver = run.finished !== null;
  const now = useNow(!isOver);
  const reason = reasonOf(run, now);
  return (
    <header class="run-header">
      <div class="run-title">
        <svg class="run-dot" width="12" height="12" aria-hidden="true">
          <circle cx="6" cy="6" r="5" fill={colourOf(run.id)} />
        </svg>
        <h1>{nameOf(run)}</h1>
        <Status status={run.status} />
        {reason !== undefined && <span class="run-reason">{reason}</span>}
        <span class="run-actions">
          <Copy text={run.id} label="Copy id" title={`Copy id ${run.id}`} />
          <Link to={href("/compare", [["r", run.id]])} label="Compare…" class="button" />
        </span>
      </div>
      <dl class="run-facts">
        <Fact name="Project">
          {run.project === null ? (
            <span class="quiet">none</span>
          ) : (
            <Link to={href("/runs", [["p", run.project]])} label={run.project} />
          )}
        </Fact>
        {run.group !== null && <Fact name="Group">{run.group}</Fact>}
        {run.jobType !== null && <Fact name="Job type">{run.jobType}</Fact>}
        <Fact name="Started">
          <When at={run.created} /> <span class="quiet">{ago(run.created, now)}</span>
        </Fact>
        <Fact name={isOver ? "Took" : run.status === "running" ? "Going for" : "Ran for"}>{lasted(run, now)}</Fact>
        {run.exitCode !== null && (
          <Fact name="Exit code">
            <span class={run.exitCode === 0 ? "" : "is-bad"}>{run.exitCode}</span>
          </Fact>
        )}
        <Fact name="Tags">
          <Tags run={run} done={done} />
        </Fact>
        <Fact name="Notes">
          <Notes run={run} done={done} />
        </Fact>
      </dl>
      {run.error !== null && run.error !== "" && <ErrorText text={run.error} />}
    </header>
  );
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The last line of a traceback says what it was; the rest opens. */
function ErrorText({ text }: { text: string }) {
  const lines = text.trimEnd().split("\n");
  if (lines.length === 1) return <p class="run-error mono">{text}</p>;
  return (
    <details class="run-error">
      <summary class="mono">{lines.at(-1)}</summary>
      <div class="run-error-copy">
        <Copy text={text} label="Copy error" />
      </div>
      <pre tabIndex={0}>{text}</pre>
    </details>
  );
}
