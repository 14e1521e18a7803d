// The server wants another key than ours: where to get it, and a field for it that keeps the view.
import { useState } from "preact/hooks";
import { reopen, tokenIn } from "../token";

export function NewKey({ open = reopen }: { open?: (token: string) => void }) {
  const [typed, setTyped] = useState("");
  const [isWrong, setWrong] = useState(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    const found = tokenIn(typed);
    setWrong(found === undefined);
    if (found !== undefined) open(found);
  };
  return (
    <form class="new-key" onSubmit={submit}>
      <p>
        Open the address that <code>setpoint ui</code> printed when it started, or paste it here to go on where you are.
      </p>
      <input
        aria-label="New address or key"
        placeholder="http://…/#token=…"
        autocomplete="off"
        spellcheck={false}
        value={typed}
        aria-invalid={isWrong}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setWrong(false);
        }}
      />
      <button type="submit" disabled={typed.trim() === ""}>
        Go on
      </button>
      {isWrong && (
        <span class="new-key-wrong" role="alert">
          It has no <code>#token=</code> in it.
        </span>
      )}
    </form>
  );
}
