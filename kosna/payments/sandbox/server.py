"""A threaded HTTP server for the sandbox, in the foreground or for the length of a `with`."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from .service import Sandbox


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def server_bind(self) -> None:
        """As WSGIServer does it, without asking DNS for our own name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]
        self.setup_environ()


class Handler(WSGIRequestHandler):
    # Headers and body leave in one packet, or else delayed acknowledgements cost 40 ms a request.
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the panel shows what happened."""


def bind(sandbox: Sandbox, host: str, port: int) -> Server:
    """A server that listens already; without a public URL the sandbox takes this one's."""
    server = Server((host, port), Handler)
    server.set_app(sandbox)
    sandbox.reached_at(f"http://{host}:{server.server_port}")
    return server


@contextmanager
def running_sandbox(*, port: int = 0, **options: Any) -> Iterator[Sandbox]:
    """A sandbox that serves on a free port of this machine; options as for `Sandbox`."""
    sandbox = Sandbox(**options)
    server = bind(sandbox, "127.0.0.1", port)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="sandbox", daemon=True
    )
    thread.start()
    sandbox.start()
    try:
        yield sandbox
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        sandbox.stop()
