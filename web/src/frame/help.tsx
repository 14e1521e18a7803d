// All keys of the page.
import { useEffect, useRef } from "preact/hooks";
import { keysNow } from "../keys";

const TABLE: readonly (readonly [string, readonly string[]])[] = [
  ["Move through cells", ["↑", "↓", "←", "→"]],
  ["First or last column, with Ctrl row too", ["Home", "End"]],
  ["A screenful up or down", ["Page ↑", "Page ↓"]],
  ["Open the run; edit tags or notes", ["Enter"]],
  ["Select; with Shift all from the last one", ["Space"]],
  ["On a head: sort; with Shift beside what sorts already", ["Enter"]],
  ["On a head: move the column", ["Alt ←", "Alt →"]],
  ["On a head: make it narrower or wider", ["Shift ←", "Shift →"]],
  ["On a head: its menu", ["Alt ↓"]],
];
const OTHERS: readonly (readonly [string, readonly string[]])[] = [
  ["Compare: only differences, or all", ["d"]],
  ["Compare: find a key", ["/"]],
  ["Explore: clear brushes", ["Esc"]],
  ["Filter: take what completes a half word, else leave", ["Tab"]],
  ["Filter: offer completions", ["↓", "Ctrl Space"]],
  ["Filter: take the chosen completion, else apply", ["Enter"]],
  ["Filter: close the list; then leave, what was typed stays", ["Esc"]],
];

const List = ({ title, keys }: { title: string; keys: readonly (readonly [string, readonly string[]])[] }) => (
  <section>
    <h3>{title}</h3>
    <dl>
      {keys.map(([label, names]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {names.map((name) => (
              <kbd key={name}>{name}</kbd>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  </section>
);

export function Help({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const here = keysNow().map(({ label, keys }) => [label, keys] as const);
  return (
    <dialog
      class="help"
      ref={dialog}
      aria-labelledby="help-title"
      onClose={close}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="help-head">
        <h2 id="help-title">Keys</h2>
        <button type="button" class="plain" aria-label="Close" onClick={() => dialog.current?.close()}>
          ×
        </button>
      </div>
      <div class="help-lists">
        <List title="On this screen" keys={here} />
        <List title="In the table of runs" keys={TABLE} />
        <List title="Elsewhere" keys={OTHERS} />
      </div>
    </dialog>
  );
}
