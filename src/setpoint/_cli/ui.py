"""``setpoint ui``: the page on a store's runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import made

if TYPE_CHECKING:
    from setpoint._web.serving import Served, Settings


@made("setpoint ui", "setpoint ui --port 8000 --no-browser", "setpoint ui --socket ~/.setpoint.sock")
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", help="Port; by default 7007 or the next free one.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen at.")
@click.option(
    "--socket", "socket_path", default="", metavar="PATH", help="Listen at a Unix socket (mode 0600) instead."
)
@click.option("--no-browser", is_flag=True, help="Open no browser.")
@click.option(
    "--allowed-host", "allowed_hosts", multiple=True, metavar="NAME", help="A further name that the page is opened by."
)
@click.option(
    "--behind-proxy", "is_behind_proxy", is_flag=True, help="A proxy with TLS stands before: let --host be any address."
)
@click.option("--tls-cert", default="", metavar="FILE", help="Serve by TLS with this certificate (PEM).")
@click.option("--tls-key", default="", metavar="FILE", help="The certificate's key (PEM).")
@click.option("--static", type=click.Path(path_type=Path, exists=True), hidden=True, help="Serve another build.")
def command(*, no_browser: bool, store: str | None, is_json: bool, **settings: Any) -> None:  # what _settings takes
    """Look at runs in the browser.

    It prints the page's address, with a token in it, and answers until Ctrl-C. Nobody gets in without the token, which
    is new each time. Other machines reach it through an SSH tunnel; --host with another address needs TLS or a proxy.
    """
    from setpoint._query.store import catalog_for
    from setpoint._web.serving import prepare

    from .progress import catching_up

    chosen = _settings(**settings)
    served = prepare(store, chosen)
    with catching_up() as progress:
        catalog_for(store).catch_up(progress)
    _serve(served, chosen.socket_path, has_browser=not (no_browser or chosen.socket_path), is_json=is_json)


def _settings(*, socket_path: str, allowed_hosts: tuple[str, ...], **others: Any) -> "Settings":  # each an option
    from setpoint._web.serving import Settings

    path = str(Path(socket_path).expanduser().absolute()) if socket_path else ""
    return Settings(socket_path=path, allowed_hosts=allowed_hosts, **others)


def _serve(served: "Served", socket_path: str, *, has_browser: bool, is_json: bool) -> None:
    from setpoint._web.opener import opened

    def ready() -> None:
        if is_json:
            from .output import write_json

            write_json({"url": served.url, "store": served.page.shown_store, "socket": socket_path or None})
        else:
            at = f"socket {socket_path}: " if socket_path else ""
            click.echo(f"setpoint ui: {at}{served.url}  (Ctrl-C ends it)")

    with served.server.capture_signals(), opened(served, has_browser=has_browser):
        served.server.serve_until_told(served.socket, ready)
    if socket_path:
        Path(socket_path).unlink(missing_ok=True)
