// Which results the groups tell of.
import { useMemo, useState } from "preact/hooks";
import { change, joinList } from "../address";
import type { Keys } from "../api";
import { useAnswer } from "../load";
import { Failed, Waiting } from "../states";
import { itemsOf, KeyList } from "./column-picker";
import { MOST_METRICS, numbersAmong } from "./use-groups";

/** The address holds them, so that a link shows the same ones. */
const choose = (names: readonly string[]): void => change({ gm: joinList(names) });

export function MetricPicker({ where, chosen }: { where: string; chosen: readonly string[] }) {
  const { data, error, retry } = useAnswer<Keys>(`/api/keys?where=${encodeURIComponent(where)}`);
  const [text, setText] = useState("");
  const items = useMemo(() => itemsOf(numbersAmong(data?.keys ?? []), text), [data, text]);
  const isFull = chosen.length >= MOST_METRICS;
  const toggle = (name: string): void => {
    if (!chosen.includes(name)) choose(isFull ? chosen : [...chosen, name]);
    else if (chosen.length > 1) choose(chosen.filter((other) => other !== name));
  };
  return (
    <div class="rt-picker">
      <KeyList text={text} setText={setText} items={items} held={new Set(chosen)} toggle={toggle} />
      {error !== undefined && <Failed error={error} retry={retry} />}
      {data === undefined && error === undefined && <Waiting lines={6} />}
      {data !== undefined && items.length === 0 && <p class="quiet">No result that is a number is like “{text}”.</p>}
      <p class="quiet" role="status">
        {isFull
          ? `${MOST_METRICS} results are the most: take one out first.`
          : "The best run goes by the result that you sort by, else by the first one."}
      </p>
      <div class="rt-picker-foot">
        <button type="button" onClick={() => choose([])}>
          Those that most runs have
        </button>
      </div>
    </div>
  );
}
