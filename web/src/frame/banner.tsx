// Says when what is shown may be old, because the server is not heard.
import { useEffect, useState } from "preact/hooks";
import { connection } from "../live";

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
  return (
    <p class="stale" role="status">
      <span aria-hidden="true">⚠</span>{" "}
      {isRefused
        ? "Disconnected: this server was started anew. Open the address that setpoint ui printed."
        : `Disconnected, data from ${hours(heard)}. Trying again; is setpoint ui still running?`}
    </p>
  );
}
