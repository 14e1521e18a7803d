"""Another site on this machine, as another user's server would be one, whose page tries what a browser lets it try."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Each attempt resolves to what it got hold of: "" where the browser or the server gave it nothing.
ATTEMPTS = """
async (victim) => {
  const done = (element, ...events) => new Promise((resolve) => {
    for (const name of events) element.addEventListener(name, () => resolve(name === "error" ? "" : name));
    setTimeout(() => resolve(""), 1500);
    document.body.append(element);
  });
  const make = (tag, attributes) => Object.assign(document.createElement(tag), attributes);
  const read = async (path, options) => {
    try {
      const answer = await fetch(victim.origin + path, options);
      return await answer.text();
    } catch { return ""; }
  };
  const framed = async (path) => {
    const frame = make("iframe", { src: victim.origin + path });
    await done(frame, "load");
    try { return frame.contentDocument?.body.innerText ?? ""; } catch { return ""; }
  };
  const posted = async (type) => {
    const frame = make("iframe", { name: "answer" });
    document.body.append(frame);
    const action = victim.origin + victim.edit;
    const form = make("form", { action, method: "post", enctype: type, target: "answer" });
    const text = make("input", { name: '{"tags": ["hijacked"], "notes": "', value: '"}' });
    form.append(text);
    document.body.append(form);
    form.submit();
    await new Promise((resolve) => setTimeout(resolve, 500));
    try { return frame.contentDocument.body.innerText; } catch { return ""; }
  };
  const socket = () => new Promise((resolve) => {
    const line = new WebSocket(victim.origin.replace("http", "ws") + "/api/live");
    line.onopen = () => resolve("opened");
    line.onmessage = (event) => resolve(String(event.data));
    line.onerror = () => resolve("");
  });
  const stream = () => new Promise((resolve) => {
    const source = new EventSource(victim.origin + "/api/live", { withCredentials: true });
    source.onopen = () => resolve("opened");
    source.onerror = () => { source.close(); resolve(""); };
  });
  const key = { Authorization: `Bearer ${victim.token}` };
  const json = { ...key, "Content-Type": "application/json" };
  const body = JSON.stringify({ tags: ["hijacked"] });
  return {
    fetch: await read("/api/store"),
    fetchShell: await read("/runs"),
    fetchOpaque: await read("/api/store", { mode: "no-cors" }),
    fetchCredentials: await read("/api/store", { credentials: "include" }),
    fetchWithToken: await read("/api/store", { headers: key }),
    post: await read(victim.edit, { method: "POST", body, headers: { "Content-Type": "text/plain" } }),
    postOpaque: await read(victim.edit, { method: "POST", body, mode: "no-cors" }),
    postJson: await read(victim.edit, { method: "POST", body, headers: { "Content-Type": "application/json" } }),
    postWithToken: await read(victim.edit, { method: "POST", body, headers: json }),
    putWithToken: await read("/api/views", { method: "PUT", body: "{}", headers: json }),
    formPlain: await posted("text/plain"),
    formUrl: await posted("application/x-www-form-urlencoded"),
    formParts: await posted("multipart/form-data"),
    image: await done(make("img", { src: victim.origin + "/assets/icon.svg" }), "load", "error"),
    imageOfApi: await done(make("img", { src: victim.origin + "/api/store" }), "load", "error"),
    script: await done(make("script", { src: victim.origin + victim.script }), "load", "error"),
    scriptModule: await done(make("script", { src: victim.origin + victim.script, type: "module" }), "load", "error"),
    scriptOfApi: await done(make("script", { src: victim.origin + "/api/store" }), "load", "error"),
    style: await done(make("link", { rel: "stylesheet", href: victim.origin + victim.style }), "load", "error"),
    frame: await framed("/runs"),
    frameOfApi: await framed("/api/store"),
    socket: await socket(),
    stream: await stream(),
  };
}
"""


class Evil(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.seen.append(dict(self.headers))  # type: ignore[attr-defined]  # set below
        body = b"<!doctype html><title>evil</title><body>evil</body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def evil_site() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Serve it; gives its origin, and the headers of each request that came."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    server.seen = []  # type: ignore[attr-defined]  # beside the server, as the handler finds it there
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.seen  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
