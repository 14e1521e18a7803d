// What a run under the pointer is: its name, and its values of the shown keys.
import { createPortal } from "preact/compat";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Value } from "../value";
import { leafOf } from "../key";
import { cellAt } from "./cells";
import type { View } from "./view";

export function RunTip({
  view,
  run,
  names,
  at,
}: {
  view: View;
  run: number;
  names: readonly string[];
  at: { x: number; y: number };
}) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const own = box.current;
    if (own === null) return;
    const { width, height } = own.getBoundingClientRect();
    own.style.left = `${at.x + 16 + width > innerWidth ? Math.max(4, at.x - 16 - width) : at.x + 16}px`;
    own.style.top = `${Math.max(4, Math.min(innerHeight - height - 4, at.y + 12))}px`;
  });
  const { frame } = view;
  const tip = (
    <div class="run-tip" ref={box} role="tooltip">
      <p>{frame.names[run] === undefined || frame.names[run] === "" ? frame.ids[run] : frame.names[run]}</p>
      <dl>
        {[...new Set(names)].map((name) => (
          <div key={name}>
            <dt>{leafOf(name).leaf}</dt>
            <dd>
              <Value cell={cellAt(frame.columns.get(name), run)} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
  return createPortal(tip, document.getElementById("main") ?? document.body);
}
