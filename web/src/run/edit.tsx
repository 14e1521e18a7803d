// Tags and notes, changed in place; the server records who changed them as `setpoint tag` and `amend` do.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError, type Row, post } from "../api";

interface EditProps {
  readonly run: Row;
  readonly done: () => void;
  /** How to leave a window that is there for this edit only: it begins with the field, and ends with it. */
  readonly leave?: () => void;
}

/** A field that opens at a button, which has the focus again after it; not where the user went elsewhere. */
function useOpening(isFirst: boolean) {
  const [isOpen, setOpen] = useState(isFirst);
  const [isBack, setBack] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (!isOpen && isBack) button.current?.focus();
    setBack(false);
  }, [isOpen]);
  const shut = (isLeft = false): void => {
    setBack(!isLeft);
    setOpen(false);
  };
  return { isOpen, open: () => setOpen(true), shut, button };
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

export function Tags({ run, done, leave }: EditProps) {
  const [send, error, isBusy] = useEdit(run.id, done);
  const { isOpen, open, shut, button } = useOpening(leave !== undefined);
  const [typed, setTyped] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const close = leave ?? shut;
  useEffect(() => {
    if (isOpen) input.current?.focus();
  }, [isOpen]);
  const add = async (): Promise<void> => {
    const tag = typed.trim();
    if (tag === "" || run.tags.includes(tag) || (await send({ tags: [...run.tags, tag] }))) {
      setTyped("");
      close();
    }
  };
  const remove = async (tag: string): Promise<void> => {
    await send({ tags: run.tags.filter((other) => other !== tag) });
    (input.current ?? button.current)?.focus(); // the pressed button is gone
  };
  return (
    <span class="tags">
      {run.tags.map((tag) => (
        <span key={tag} class="chip">
          {tag}
          <button type="button" aria-label={`Remove tag ${tag}`} disabled={isBusy} onClick={() => void remove(tag)}>
            ×
          </button>
        </span>
      ))}
      {isOpen ? (
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
            readOnly={isBusy}
            ref={input}
            onInput={(event) => setTyped(event.currentTarget.value)}
            onBlur={() => {
              if (typed.trim() === "" && leave === undefined) shut(true);
            }}
            onKeyDown={(event) => {
              if (event.key === "Escape") {
                event.stopPropagation();
                close();
              }
            }}
          />
        </form>
      ) : (
        <button type="button" class="plain quiet tags-new" ref={button} onClick={open}>
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

export function Notes({ run, done, leave }: EditProps) {
  const [send, error, isBusy] = useEdit(run.id, done);
  const { isOpen, open, shut, button } = useOpening(leave !== undefined);
  const [typed, setTyped] = useState(run.notes ?? "");
  const area = useRef<HTMLTextAreaElement>(null);
  const close = leave ?? shut;
  useEffect(() => {
    if (isOpen) area.current?.focus();
  }, [isOpen]);
  const save = async (): Promise<void> => {
    if (await send({ notes: typed.trim() === "" ? null : typed })) close();
  };
  const edit = (): void => {
    setTyped(run.notes ?? "");
    open();
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
  };
  if (!isOpen) {
    return (
      <div class="notes">
        {run.notes !== null && run.notes !== "" && <p class="notes-text">{run.notes}</p>}
        <button type="button" class="plain quiet" ref={button} onClick={edit}>
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
        <button type="button" onClick={() => close()}>
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
