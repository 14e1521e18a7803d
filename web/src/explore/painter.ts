// The page's end of the drawing worker.
import { signal } from "@preact/signals";
import workerUrl from "./worker?worker&url";
import type { Drawn, Sheet, ToWorker } from "./messages";

interface Policies {
  readonly createPolicy: (
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ) => { createScriptURL: (url: string) => URL };
}

/** The worker's address as the content policy wants it: trusted, and one of our own files. */
function trustedUrl(): string | URL {
  const { trustedTypes } = globalThis as { trustedTypes?: Policies };
  const own = (url: string): string => {
    if (new URL(url, location.href).origin !== location.origin)
      throw new TypeError(`${url} is not one of the page's own files.`);
    return url;
  };
  policy ??= trustedTypes?.createPolicy("setpoint-worker", { createScriptURL: own });
  return policy?.createScriptURL(workerUrl) ?? own(workerUrl);
}
let policy: { createScriptURL: (url: string) => URL } | undefined;

export class Painter {
  /** What was drawn last, of either sheet. */
  readonly drawn = signal<Drawn | null>(null);
  readonly #worker: Worker;

  constructor() {
    this.#worker = new Worker(trustedUrl(), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Drawn>) => {
      this.drawn.value = data;
    };
    this.#worker.onerror = (event) => {
      throw new Error(`The drawing stopped: ${event.message}. Load the page anew.`);
    };
  }

  tell(message: ToWorker, given: Transferable[] = []): void {
    this.#worker.postMessage(message, given);
  }

  /** Hand a canvas over for good: a canvas can be handed over once. */
  give(sheet: Sheet, canvas: HTMLCanvasElement): void {
    const handed = canvas.transferControlToOffscreen();
    this.tell({ kind: "canvas", sheet, canvas: handed }, [handed]);
  }

  end(): void {
    this.#worker.terminate();
  }
}
