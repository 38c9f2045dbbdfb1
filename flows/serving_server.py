"""The server's process: Prefect's own application behind two refusals that Prefect has no setting for.

Prefect's CORS setting only tells a browser not to show another site the answer; the request itself is carried out.
And with its analytics off, the UI still loads the configuration of a usage tracker from another host. Run as
`python -m flows.serving_server`; address, password and the rest are Prefect's settings in the environment.
"""

from urllib.parse import urlsplit

import uvicorn
from prefect.server.api.server import create_app
from prefect.settings import PREFECT_SERVER_API_HOST, PREFECT_SERVER_API_PORT, PREFECT_SERVER_LOGGING_LEVEL
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "connect-src 'self' data: blob:; frame-ancestors 'none'; object-src 'none'; base-uri 'self'"
"""The UI talks to the host that it came from and to nobody else, and no other site shows it in a frame."""


class SameOrigin:
    """Refuses requests and websockets that a page of another site makes, and forbids our pages to call others."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: `scope` is one request, one websocket, or the application's own start and end."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif _is_foreign(Headers(scope=scope)):
            await _refuse(scope, receive, send)
        else:
            await self.app(scope, receive, _with_policy(send))


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser says that the page which asks is another host's than the one that is asked."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await PlainTextResponse("Requests from pages of other sites are refused.", 403)(scope, receive, send)


def _with_policy(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Content-Security-Policy"] = POLICY
        await send(message)

    return sending


def main() -> None:
    """Serve until told to stop."""
    app = create_app(final=True)
    app.add_middleware(SameOrigin)
    uvicorn.run(
        app,
        host=PREFECT_SERVER_API_HOST.value(),
        port=PREFECT_SERVER_API_PORT.value(),
        log_level=PREFECT_SERVER_LOGGING_LEVEL.value().lower(),
    )


if __name__ == "__main__":
    main()
