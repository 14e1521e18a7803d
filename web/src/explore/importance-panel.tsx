// Which keys matter for the metric, how surely, and why little may be said.
import type { Importance } from "../api";
import type { Answer } from "../load";
import { Failed, Waiting } from "../states";

type Param = Importance["params"][number];
const MOST = 40;

const percent = (share: number): string =>
  `${(share * 100).toFixed(Math.abs(share) < 0.0995 && share !== 0 ? 1 : 0)} %`;

export function ImportancePanel({
  answer,
  metric,
  shown,
  onToggle,
}: {
  answer: Answer<Importance>;
  metric: string;
  shown: ReadonlySet<string>;
  onToggle: (key: string) => void;
}) {
  const { data, error, isLoading, retry } = answer;
  if (metric === "")
    return (
      <p class="panel-note quiet">
        Importance needs a metric: a number in the runs' summary, such as run.summary["acc"] = 0.97.
      </p>
    );
  return (
    <div class={`importance${isLoading && data !== undefined ? " stale" : ""}`} aria-busy={isLoading}>
      {error !== undefined && <Failed error={error} retry={retry} />}
      {data === undefined ? error === undefined && <Waiting /> : <Bars data={data} shown={shown} onToggle={onToggle} />}
    </div>
  );
}

function Bars({
  data,
  shown,
  onToggle,
}: {
  data: Importance;
  shown: ReadonlySet<string>;
  onToggle: (key: string) => void;
}) {
  const params = data.params.slice(0, MOST);
  const low = Math.min(0, ...params.map((param) => param.low));
  const high = Math.max(0.05, ...params.map((param) => param.high));
  const place = (share: number): number => ((share - low) / (high - low)) * 100;
  return (
    <>
      <p class="importance-facts quiet">
        {data.runs.toLocaleString("en")} runs
        {data.missing > 0 && <> · {data.missing.toLocaleString("en")} without it</>}
        {data.explained !== null && (
          <>
            {" "}
            · params explain <b>{percent(Math.max(0, data.explained))}</b> of {data.metric}
          </>
        )}
      </p>
      {data.note !== "" && (
        <p class="panel-warning" role="note">
          {data.note}
        </p>
      )}
      <ul class="importance-list" aria-label={`Importance for ${data.metric}`}>
        {params.map((param) => (
          <Bar key={param.key} param={param} place={place} isShown={shown.has(param.key)} onToggle={onToggle} />
        ))}
      </ul>
      {data.params.length > MOST && <p class="panel-note quiet">{data.params.length - MOST} more matter less.</p>}
      {data.constant.length > 0 && (
        <details class="panel-note quiet">
          <summary>
            {data.constant.length} {data.constant.length === 1 ? "key is" : "keys are"} the same in all of them
          </summary>
          <p class="mono">{data.constant.slice(0, 100).join(", ")}</p>
        </details>
      )}
    </>
  );
}

const TENDENCY: Record<string, { sign: string; words: string }> = {
  up: { sign: "↗", words: "the metric rises with it" },
  down: { sign: "↘", words: "the metric falls with it" },
};

function Bar({
  param,
  place,
  isShown,
  onToggle,
}: {
  param: Param;
  place: (share: number) => number;
  isShown: boolean;
  onToggle: (key: string) => void;
}) {
  const tendency = TENDENCY[param.tendency];
  const zero = place(0);
  const value = place(Math.max(0, param.value));
  const said = `${percent(Math.max(0, param.value))}, between ${percent(Math.max(0, param.low))} and ${percent(Math.max(0, param.high))}${tendency === undefined ? "" : `; ${tendency.words}`}`;
  return (
    <li class={param.matters ? undefined : "unsure"}>
      <button
        type="button"
        class="plain"
        aria-pressed={isShown}
        title={`${param.key}: ${said}\n${isShown ? "Take the axis away" : "Add as an axis"}`}
        onClick={() => onToggle(param.key)}
      >
        <span class="importance-key">
          <span class="importance-name">{param.key}</span>
          {tendency !== undefined && (
            <span class="importance-tendency" aria-label={tendency.words}>
              {tendency.sign}
            </span>
          )}
        </span>
        <span class="importance-bar" aria-hidden="true">
          <span class="bar-fill" style={{ left: `${zero}%`, width: `${Math.max(0.6, value - zero)}%` }} />
          <span
            class="bar-interval"
            style={{ left: `${place(param.low)}%`, width: `${place(param.high) - place(param.low)}%` }}
          />
        </span>
        <span class="importance-value">
          {percent(Math.max(0, param.value))}
          <span class="visually-hidden"> {said}</span>
        </span>
      </button>
      {param.tied.length > 0 && (
        <p class="importance-tied" title={param.tied.join(", ")}>
          Always changed with {param.tied.slice(0, 3).join(", ")}
          {param.tied.length > 3 ? ` and ${param.tied.length - 3} more` : ""}: no run tells them apart.
        </p>
      )}
    </li>
  );
}
