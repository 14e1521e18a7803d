// Says when what is shown may be old, because the server is not heard.
import { useEffect, useState } from "preact/hooks";
import { connection } from "../live";
import { NewKey } from "./new-key";

const PATIENCE_MS = 800; // a stream that breaks and comes back at once is nobody's concern

const hours = (ms: number): string => new Date(ms).toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" });

export function Banner() {
  const { isLost, isRefused, heard } = connection.value;
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!isLost) return undefined;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isLost]);
  if (!isLost || !isLate) return null;
  const sign = <span aria-hidden="true">⚠</span>;
  if (isRefused)
    return (
      <div class="stale">
        <p role="status">
          {sign} Disconnected, data from {hours(heard)}: the server was started anew, with another key.
        </p>
        <NewKey />
      </div>
    );
  return (
    <p class="stale" role="status">
      {sign} Disconnected, data from {hours(heard)}. Trying again; is setpoint ui still running?
    </p>
  );
}
