// A small window at a button: closes by Escape, by a press elsewhere, or when the focus leaves it.
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const GAP = 4;

function placed(box: HTMLElement, anchor: DOMRect): void {
  const { width, height } = box.getBoundingClientRect();
  const left = Math.max(GAP, Math.min(anchor.left, innerWidth - width - GAP));
  const isBelow = anchor.bottom + GAP + height <= innerHeight || anchor.top < height;
  box.style.left = `${left}px`;
  box.style.top = `${isBelow ? Math.min(anchor.bottom + GAP, Math.max(GAP, innerHeight - height - GAP)) : anchor.top - height - GAP}px`;
}

export function Popup({
  anchor,
  label,
  onClose,
  children,
}: {
  anchor: RefObject<HTMLElement | null>;
  label: string;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const [own, at] = [box.current, anchor.current];
    if (own === null || at === null) return;
    placed(own, at.getBoundingClientRect());
    own.querySelector<HTMLElement>("input, button, select")?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    const press = (event: PointerEvent): void => {
      const target = event.target as Node;
      if (box.current?.contains(target) !== true && anchor.current?.contains(target) !== true) onClose();
    };
    const key = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      anchor.current?.focus();
      onClose();
    };
    addEventListener("pointerdown", press, true);
    addEventListener("keydown", key, true);
    return () => {
      removeEventListener("pointerdown", press, true);
      removeEventListener("keydown", key, true);
    };
  }, [onClose]);
  return (
    <div class="popup" role="dialog" aria-label={label} ref={box}>
      {children}
    </div>
  );
}

/** Whether a button's popup is open, and how to say so to the button. */
export function usePopup(): { isOpen: boolean; close: () => void; toggle: () => void } {
  const [isOpen, setOpen] = useState(false);
  const close = useRef(() => setOpen(false)).current;
  return { isOpen, close, toggle: () => setOpen((old) => !old) };
}
