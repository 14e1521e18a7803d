// How to run it again, and what can't be had again; and what is damaged in its record.
import type { Run, Store } from "../api";
import { storeOption, word } from "../frame/as-code";
import { useAnswer } from "../load";
import { Copy } from "./bits";

/** How a command names the store: the one who types it may be in another folder than the server. */
const useStoreOption = (): string => storeOption(useAnswer<Store>("/api/store").data?.store);

export function Again({ run }: { run: Run }) {
  const { command, argv, folder, missing } = run.rerun;
  const typed = argv.map(word).join(" ");
  const store = useStoreOption();
  return (
    <div class="again">
      <section>
        <h2>Run it again</h2>
        <p>
          This restores command, folder, variables and config, locks the params to their recorded values, and proves
          afterwards that the configs are the same.
        </p>
        <Line text={`${command}${store}`} label="Command" />
      </section>
      {argv.length > 0 && (
        <section>
          <h2>What was typed</h2>
          {folder !== "" && (
            <p>
              In <code>{folder}</code>
            </p>
          )}
          <Line text={typed} label="What was typed" />
        </section>
      )}
      <section>
        <h2>What can’t be had again</h2>
        {missing.length === 0 ? (
          <p class="quiet">Nothing that setpoint knows of.</p>
        ) : (
          <ul>
            {missing.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

function Line({ text, label }: { text: string; label: string }) {
  return (
    <div class="command">
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <Copy text={text} />
    </div>
  );
}

export function Damage({ run }: { run: Run }) {
  const more = run.damage - run.damages.length;
  const store = useStoreOption();
  return (
    <div class="again">
      <section>
        <h2>Damage report</h2>
        {run.damage === 0 && run.lost === 0 && <p>Every record of this run was read whole.</p>}
        {run.damage > 0 && (
          <p>
            {run.damage === 1 ? "One place" : `${run.damage} places`} in its files could not be read. Nothing wrong is
            shown in its stead: all else on this page was read whole.
          </p>
        )}
        {run.lost > 0 && (
          <p>
            {run.lost.toLocaleString("en-US")} {run.lost === 1 ? "record was" : "records were"} not written, as the run
            itself said: its disk was full or gone.
          </p>
        )}
        {run.damages.length > 0 && (
          <ul class="damages">
            {run.damages.map((one, at) => (
              <li key={at} class="mono">
                {one}
              </li>
            ))}
          </ul>
        )}
        {more > 0 && run.damages.length > 0 && <p class="quiet">And {more} more.</p>}
        {run.damage > 0 && <Line text={`setpoint verify ${run.id}${store}`} label="Command that checks the run" />}
      </section>
    </div>
  );
}
