// The server's stream of events, read by fetch: an EventSource could not send the token in a header.
import { ApiError, send } from "./api";

export interface StreamEvent {
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

/** Takes pieces of a stream in, gives the events that are whole by then; comments are left out.
 *  Source: HTML Standard, "Server-sent events", for lines that end in a line feed alone. */
export class EventReader {
  private rest = "";

  take(piece: string): StreamEvent[] {
    const blocks = (this.rest + piece).split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => {
      const fields = { id: "", event: "" };
      const data: string[] = [];
      for (const line of block.split("\n")) {
        const [, name, value = ""] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
        if (name === "data") data.push(value);
        else if (name === "id" || name === "event") fields[name] = value;
      }
      return data.length === 0 ? [] : [{ id: fields.id, name: fields.event, data: data.join("\n") }];
    });
  }
}

const SILENCE_MS = 40_000; // the server says something every 15 s

export interface Listener {
  /** The server answered; and again with each sign of life. */
  readonly alive: () => void;
  readonly event: (event: StreamEvent) => void;
}

/** Read the stream from after the event `last` until it ends. Throws ApiError where it can't be had or falls silent. */
export async function follow(last: string, stop: AbortSignal, to: Listener): Promise<void> {
  const silent = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(), SILENCE_MS);
  };
  try {
    alive();
    const both = AbortSignal.any([stop, silent.signal]);
    const response = await send("GET", "/api/live", undefined, both, last === "" ? {} : { "Last-Event-ID": last });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const events = new EventReader();
    to.alive();
    for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
      alive();
      to.alive();
      for (const event of events.take(piece.value)) to.event(event);
    }
  } catch (error) {
    if (error instanceof ApiError || stop.aborted) throw error;
    // The connection broke, which a browser words as it likes.
    throw new ApiError(0, "offline", "The server stopped answering.");
  } finally {
    clearTimeout(timer);
  }
}
