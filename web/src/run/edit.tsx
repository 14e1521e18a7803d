// Tags and notes, changed in place; the server records who changed them as `setpoint tag` and `amend` do.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, type Row, post } from "../api";

interface EditProps {
  readonly run: Row;
  readonly done: () => void;
}

/** Send a change of a run, then tell; what went wrong is said beside the field. */
function useEdit(id: string, done: () => void): [(change: object) => Promise<boolean>, string, boolean] {
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const send = async (change: object): Promise<boolean> => {
    setBusy(true);
    setError("");
    try {
      await post(`/api/run/${encodeURIComponent(id)}/edit`, change);
      done();
      return true;
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure.message);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return [send, error, isBusy];
}

export function Tags({ run, done }: EditProps) {
  const [send, error, isBusy] = useEdit(run.id, done);
  const [isAdding, setAdding] = useState(false);
  const [typed, setTyped] = useState("");
  const add = async (): Promise<void> => {
    const tag = typed.trim();
    if (tag === "" || run.tags.includes(tag) || (await send({ tags: [...run.tags, tag] }))) {
      setTyped("");
      setAdding(false);
    }
  };
  return (
    <span class="tags">
      {run.tags.map((tag) => (
        <span key={tag} class="chip">
          {tag}
          <button
            type="button"
            aria-label={`Remove tag ${tag}`}
            disabled={isBusy}
            onClick={() => void send({ tags: run.tags.filter((other) => other !== tag) })}
          >
            ×
          </button>
        </span>
      ))}
      {isAdding ? (
        <form
          class="tags-add"
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <input
            aria-label="New tag"
            placeholder="tag"
            maxLength={200}
            value={typed}
            disabled={isBusy}
            ref={(input) => input?.focus()}
            onInput={(event) => setTyped(event.currentTarget.value)}
            onBlur={() => {
              if (typed.trim() === "") setAdding(false);
            }}
            onKeyDown={(event) => {
              if (event.key === "Escape") {
                event.stopPropagation();
                setAdding(false);
              }
            }}
          />
        </form>
      ) : (
        <button type="button" class="plain quiet tags-new" onClick={() => setAdding(true)}>
          + tag
        </button>
      )}
      {error !== "" && (
        <span class="edit-error" role="alert">
          {error}
        </span>
      )}
    </span>
  );
}

export function Notes({ run, done }: EditProps) {
  const [send, error, isBusy] = useEdit(run.id, done);
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (isOpen) area.current?.focus();
  }, [isOpen]);
  const save = async (): Promise<void> => {
    if (await send({ notes: typed.trim() === "" ? null : typed })) setOpen(false);
  };
  const open = (): void => {
    setTyped(run.notes ?? "");
    setOpen(true);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
    if (event.key === "Escape") {
      event.stopPropagation();
      setOpen(false);
    }
  };
  if (!isOpen) {
    return (
      <div class="notes">
        {run.notes !== null && run.notes !== "" && <p class="notes-text">{run.notes}</p>}
        <button type="button" class="plain quiet" onClick={open}>
          {run.notes === null || run.notes === "" ? "+ notes" : "Edit"}
        </button>
      </div>
    );
  }
  return (
    <div class="notes is-open">
      <textarea
        ref={area}
        rows={4}
        aria-label="Notes"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={key}
      />
      <div class="notes-actions">
        <button type="button" class="primary" disabled={isBusy} title="Ctrl+Enter" onClick={() => void save()}>
          Save
        </button>
        <button type="button" onClick={() => setOpen(false)}>
          Cancel
        </button>
        {error !== "" && (
          <span class="edit-error" role="alert">
            {error}
          </span>
        )}
      </div>
    </div>
  );
}
