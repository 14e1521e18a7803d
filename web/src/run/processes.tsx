// Who wrote a run: its processes and ranks, and where they did not agree.
import type { Run, Writer } from "../api";
import { Value } from "../value";
import { When } from "./bits";

const ended = (writer: Writer, isOver: boolean) => {
  if (writer.ended !== null) return <When at={writer.ended} />;
  return isOver ? <span class="is-bad">no end recorded</span> : <span class="quiet">at work</span>;
};

export function Processes({ run }: { run: Run }) {
  const hasRanks = run.writers.some(({ rank }) => rank !== null);
  const isOver = run.finished !== null || run.status === "crashed";
  return (
    <div class="processes">
      <section>
        <h2>
          Processes <span class="quiet">{run.writers.length}</span>
        </h2>
        <div class="table-wrap" tabIndex={0} role="region" aria-label="Processes">
          <table class="table">
            <thead>
              <tr>
                {hasRanks && (
                  <th scope="col" class="number">
                    Rank
                  </th>
                )}
                <th scope="col">Role</th>
                <th scope="col">Host</th>
                <th scope="col" class="number">
                  Process
                </th>
                <th scope="col">Started</th>
                <th scope="col">Ended</th>
                <th scope="col" class="number">
                  Records
                </th>
                <th scope="col">Segment</th>
              </tr>
            </thead>
            <tbody>
              {run.writers.map((writer) => (
                <tr key={writer.name}>
                  {hasRanks && <td class="number">{writer.rank ?? "—"}</td>}
                  <td>{writer.role}</td>
                  <td class="mono">{writer.host}</td>
                  <td class="number">{writer.pid ?? "—"}</td>
                  <td class="nowrap">{writer.started === null ? "—" : <When at={writer.started} />}</td>
                  <td class="nowrap">{ended(writer, isOver)}</td>
                  <td class="number">{writer.records.toLocaleString("en-US")}</td>
                  <td class="mono quiet nowrap">{writer.name}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section>
        <h2>
          Disagreements <span class="quiet">{run.disagreements.length}</span>
        </h2>
        {run.disagreements.length === 0 ? (
          <p class="quiet">
            {run.writers.length > 1
              ? "All processes had the same config."
              : "One process alone has nobody to disagree with."}
          </p>
        ) : (
          <div class="table-wrap" tabIndex={0} role="region" aria-label="Disagreements">
            <table class="table">
              <thead>
                <tr>
                  <th scope="col">Key</th>
                  <th scope="col" class="number">
                    Rank
                  </th>
                  <th scope="col">Its value</th>
                  <th scope="col">Recorded value</th>
                </tr>
              </thead>
              <tbody>
                {run.disagreements.map(({ key, rank, value, lead }, at) => (
                  <tr key={at}>
                    <th scope="row" class="mono">
                      {key}
                    </th>
                    <td class="number">{rank < 0 ? "none" : rank}</td>
                    <td class="mono is-other">
                      <Value cell={value} digits={17} />
                    </td>
                    <td class="mono">
                      <Value cell={lead} digits={17} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </div>
  );
}
