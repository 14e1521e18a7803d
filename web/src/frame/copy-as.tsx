// "Copy as": what the screen shows, for a terminal or a script.
import { address } from "../address";
import { Copy, Menu } from "../run/bits";
import { codeOf } from "./as-code";

export function CopyAs({ store }: { store: string | undefined }) {
  const code = codeOf(address.value, store);
  if (code === null) return null;
  return (
    <Menu label="Copy as" title="This screen as a command or as Python">
      {(
        [
          ["CLI", code.command],
          ["Python", code.python],
        ] as const
      ).map(([label, text]) => (
        <div key={label} class="copy-as">
          <span class="copy-as-label">{label}</span>
          <Copy text={text} title={`Copy as ${label}`} />
          <pre class="mono">{text}</pre>
        </div>
      ))}
    </Menu>
  );
}
