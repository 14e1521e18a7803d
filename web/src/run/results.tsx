// What came of a run: its summary, with the digest of each metric.
import { change, param } from "../address";
import type { Run } from "../api";
import { keyTest } from "../compare/difference";
import { shownKey } from "../key";
import { ALL_DIGITS, Value, floatText, textOf } from "../value";
import { Copy } from "./bits";

const shown = (value: number | undefined): string => (value === undefined ? "" : floatText(value, 5));

export function Results({ run }: { run: Run }) {
  if (run.summary.length === 0)
    return (
      <p class="quiet run-none">
        No results yet. <code>run.log()</code> and <code>run.summary</code> record them.
      </p>
    );
  const { test } = keyTest(param("q"));
  const rows = run.summary.filter(({ key }) => test(key));
  const keys = new Set(run.summary.map(({ key }) => key));
  const hasDigest = run.summary.some(({ count }) => count !== undefined);
  const text = (): string => run.summary.map(({ key, value }) => `${key}\t${textOf(value, ALL_DIGITS)}`).join("\n");
  return (
    <div class="results">
      <div class="config-tools">
        <input
          type="search"
          id="run-search"
          placeholder="Search results"
          aria-label="Search results"
          value={param("q")}
          onInput={(event) => change({ q: event.currentTarget.value }, true)}
        />
        <span class="quiet" role="status">
          {rows.length === run.summary.length
            ? `${rows.length} results`
            : `${rows.length} of ${run.summary.length} results`}
        </span>
        <Copy text={text} label="Copy all" />
      </div>
      <div class="table-wrap" tabIndex={0} role="region" aria-label="Results">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Result</th>
              <th scope="col" class="number">
                Value
              </th>
              {hasDigest &&
                ["Min", "Max", "Mean", "Points"].map((title) => (
                  <th key={title} scope="col" class="number">
                    {title}
                  </th>
                ))}
              <th class="table-rest" aria-hidden="true" />
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, value, min, max, mean, count }) => (
              <tr key={key}>
                <th scope="row" class="mono" title={key}>
                  {shownKey(key, keys)}
                </th>
                <td class="number results-value mono">
                  <Value cell={value} digits={6} />
                </td>
                {hasDigest &&
                  [min, max, mean].map((one, at) => (
                    <td
                      key={at}
                      class="number quiet-number"
                      title={one === undefined ? undefined : floatText(one, ALL_DIGITS)}
                    >
                      {shown(one)}
                    </td>
                  ))}
                {hasDigest && <td class="number quiet-number">{count?.toLocaleString("en-US")}</td>}
                <td class="table-rest" />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
