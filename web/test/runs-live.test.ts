import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { changedIds, connection, listed, newRuns, refreshes, refresh, startLive, takeEvent } from "../src/live";
import { answering, revision } from "../src/load";
import { EventReader } from "../src/stream";

let stopLive: (() => void) | undefined;
let requests: Headers[] = [];

/** Streams that the next requests get; a request beyond them finds no server. */
function serve(...streams: readonly ReadableStream<Uint8Array>[]): void {
  const left = [...streams];
  vi.stubGlobal("fetch", (_: string, { headers }: RequestInit) => {
    requests.push(new Headers(headers));
    const body = left.shift();
    return body === undefined ? Promise.reject(new TypeError("refused")) : Promise.resolve(new Response(body));
  });
}
const stream = (...texts: readonly string[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (to) => {
      for (const text of texts) to.enqueue(new TextEncoder().encode(text));
    },
  });
const ended = (...texts: readonly string[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (to) => {
      for (const text of texts) to.enqueue(new TextEncoder().encode(text));
      to.close();
    },
  });
const event = (seq: number, news: number, ids: readonly string[]): string =>
  `id: ${seq}\nevent: changed\ndata: ${JSON.stringify({ seq, new: news, ids, more: false })}\n\n`;

beforeEach(() => {
  requests = [];
  newRuns.value = 0;
  vi.stubGlobal("BroadcastChannel", undefined); // each test is a browser with one tab
});
afterEach(() => {
  stopLive?.();
  stopLive = undefined;
  vi.unstubAllGlobals();
});

test("events are read whole however the stream is cut, and comments are passed over", () => {
  const reader = new EventReader();
  const text = `: setpoint\n\n${event(3, 1, ["a"])}`;
  const found = Array.from(text, (sign) => reader.take(sign)).flat();
  expect(found.map(({ id, name }) => [id, name])).toEqual([["3", "changed"]]);
});

test("a change names the runs to show anew, and new runs are counted until they are shown", () => {
  const before = revision.value;
  takeEvent({ id: "5", name: "changed", data: JSON.stringify({ seq: 5, new: 2, ids: ["a", "b"], more: false }) });
  takeEvent({ id: "6", name: "changed", data: JSON.stringify({ seq: 6, new: 1, ids: ["c"], more: true }) });
  expect([changedIds.value, newRuns.value, revision.value]).toEqual([null, 3, before + 2]);
  const lists = refreshes.value;
  refresh();
  expect([newRuns.value, refreshes.value]).toEqual([3, lists + 1]);
  listed(6);
  expect(newRuns.value).toBe(0);
});

test("runs that the list shows already are no news, whether it or the change came first", () => {
  takeEvent({ id: "20", name: "changed", data: JSON.stringify({ seq: 20, new: 2, ids: ["a"], more: false }) });
  listed(20);
  expect(newRuns.value).toBe(0);
  listed(22);
  takeEvent({ id: "22", name: "changed", data: JSON.stringify({ seq: 22, new: 1, ids: ["b"], more: false }) });
  expect(newRuns.value).toBe(0);
  takeEvent({ id: "23", name: "changed", data: JSON.stringify({ seq: 23, new: 1, ids: ["c"], more: false }) });
  expect(newRuns.value).toBe(1);
  listed(0);
});

test("where too much was missed, everything is asked for anew", () => {
  const lists = refreshes.value;
  takeEvent({ id: "9", name: "resync", data: '{"seq":9}' });
  expect([changedIds.value, refreshes.value]).toEqual([null, lists + 1]);
});

test("a broken stream is taken up again from the last event, with the token in a header", async () => {
  serve(ended(event(41, 1, ["a"])), stream(": setpoint\n\n"));
  stopLive = startLive();
  await vi.waitFor(() => expect(requests.length).toBe(2));
  expect(requests[1]?.get("Last-Event-ID")).toBe("41");
  expect(requests[1]?.get("Authorization")).toMatch(/^Bearer /);
  await vi.waitFor(() => expect(connection.value.isLost).toBe(false));
  expect(newRuns.value).toBe(1);
});

test("without a server the page knows that it is lost, and since when", async () => {
  serve(ended(": setpoint\n\n"));
  stopLive = startLive();
  await vi.waitFor(() => expect(connection.value.isLost).toBe(true));
  expect(Date.now() - connection.value.heard).toBeLessThan(60_000);
});

test("a server that wants another token is asked no more", async () => {
  let asked = 0;
  vi.stubGlobal("fetch", () => {
    asked += 1;
    return Promise.resolve(Response.json({ error: { kind: "token" } }, { status: 401 }));
  });
  stopLive = startLive();
  await vi.waitFor(() => expect(connection.value.isRefused).toBe(true));
  document.dispatchEvent(new Event("visibilitychange"));
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(asked).toBe(1);
  connection.value = { isLost: false, isRefused: false, heard: Date.now() };
});

test("what failed for want of a server is to be asked again when it answers", async () => {
  const before = answering.value;
  serve(ended(": setpoint\n\n"), stream(": setpoint\n\n"));
  stopLive = startLive();
  await vi.waitFor(() => expect(answering.value).toBe(before + 1));
});

test("a hidden page listens to nothing", async () => {
  const isHidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  serve(stream());
  stopLive = startLive();
  expect(requests.length).toBe(0);
  isHidden.mockReturnValue(false);
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.waitFor(() => expect(requests.length).toBe(1));
  isHidden.mockRestore();
});
