// An element's size, again whenever it changes.
import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const own = element.current;
    if (own === null) return undefined;
    const look = (): void =>
      setSize((old) => {
        const next = { width: own.clientWidth, height: own.clientHeight };
        return next.width === old.width && next.height === old.height ? old : next;
      });
    look();
    const watch = new ResizeObserver(look);
    watch.observe(own);
    return () => watch.disconnect();
  }, []);
  return size;
}
