// Tells of new runs; they come when asked for, so that no row moves under the pointer.
import { newRuns, refresh } from "../live";

export function News() {
  const count = newRuns.value;
  return (
    <span class="news" aria-live="polite">
      {count > 0 && (
        <button type="button" class="news-button" title="Show them: those that pass the filter" onClick={refresh}>
          <span aria-hidden="true">↻ </span>
          {count.toLocaleString("en")} new {count === 1 ? "run" : "runs"}
        </button>
      )}
    </span>
  );
}
