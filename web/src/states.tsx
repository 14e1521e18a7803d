// What a screen shows when it has nothing, waits, or could not be told.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ApiError } from "./api";
import { connection } from "./live";

/** Grey lines in place of content, shown only when the wait is noticeable. */
export function Waiting({ lines = 8 }: { lines?: number }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, []);
  if (!isLate) return null;
  return (
    <div class="waiting" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} class="waiting-line" />
      ))}
    </div>
  );
}

/** Whether the frame says what is wrong and what to do about it: without the new key nothing else can be asked. */
const isSaidAbove = ({ status }: ApiError): boolean => connection.value.isRefused && (status === 0 || status === 401);

/** What failed, and a way on; goes above data that is still shown. */
export function Failed({
  error,
  retry,
  children,
}: {
  error: ApiError;
  retry?: () => void;
  children?: ComponentChildren;
}) {
  if (isSaidAbove(error)) return null;
  return (
    <div class="failed" role="alert">
      <p>{error.message}</p>
      {error.suggestions.length > 0 && <p>Did you mean {error.suggestions.join(", ")}?</p>}
      {error.status === 401 && (
        <p>
          Open the address that <code>setpoint ui</code> printed when it started: it carries the key to this page.
        </p>
      )}
      <div class="failed-actions">
        {retry !== undefined && (
          <button type="button" onClick={retry}>
            Try again
          </button>
        )}
        {children}
      </div>
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
