import type { ApiError } from "../api";
import { dropClause } from "./clause";

interface TroubleProps {
  readonly error: ApiError;
  readonly text: string;
  /** Over the content while typing; in the page's flow else. */
  readonly isOver: boolean;
  readonly clauses: readonly string[];
  readonly apply: (text: string) => void;
}

/** What is wrong with the filter, the likely spellings, and the filter without the wrong part. */
export function Trouble({ error, text, isOver, clauses, apply }: TroubleProps) {
  const from = (error.column ?? 0) - 1;
  const length = error.length ?? /^[\w.]+/.exec(text.slice(from))?.[0].length ?? 0;
  const put = (suggestion: string): string => text.slice(0, from) + suggestion + text.slice(from + length);
  const wrong = clauseAt(text, clauses, from);
  return (
    <div
      class={`filter-trouble${isOver ? " is-over" : ""}`}
      id="filter-trouble"
      role="alert"
      onPointerDown={(event) => event.preventDefault()}
    >
      <span>{error.message.split("\n")[0]}</span>
      {from >= 0 &&
        error.suggestions.map((suggestion) => (
          <button key={suggestion} type="button" onClick={() => apply(put(suggestion))}>
            <code>{suggestion}</code>
          </button>
        ))}
      {wrong !== undefined && clauses.length > 1 && (
        <button type="button" onClick={() => apply(dropClause(text, wrong))}>
          Drop <code>{wrong}</code>
        </button>
      )}
    </div>
  );
}

function clauseAt(text: string, clauses: readonly string[], place: number): string | undefined {
  let from = 0;
  for (const clause of clauses) {
    from = text.indexOf(clause, from);
    if (place >= from && place <= from + clause.length) return clause;
    from += clause.length;
  }
  return undefined;
}
