"""The reference server itself: each operation of the API as a route that runs the document's query for it."""

import datetime as dt
import hashlib
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import psycopg
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from artifacts.api_responses import limit_policy, success_status
from contracts.api import ApiIntegration, ApiRole, Operation, Service
from contracts.published import PublishedDesign
from flows.api_server import requests
from flows.api_server.callers import Accounts, Caller, Limiter
from flows.api_server.database import Database
from flows.api_server.refusals import RefusedError, answer, from_database

Handler = Callable[[Request], Awaitable[Response]]


def api_server(
    design: PublishedDesign,
    api: ApiIntegration,
    database: Database,
    accounts: Accounts,
    limiter: Limiter | None = None,
) -> Starlette:
    """An ASGI application with a route for each operation; paths with fewer placeholders come first."""
    server = _Server(design, api, database, accounts, limiter or Limiter(api.rate_limits))
    ordered = sorted(api.operations, key=lambda o: (o.path.count("{"), o.path))
    return Starlette(
        routes=[
            Route(f"{api.base_path}{operation.path}", server.handler(operation), methods=[operation.method.upper()])
            for operation in ordered
        ]
    )


class _Server:
    """What the handlers share."""

    def __init__(
        self,
        design: PublishedDesign,
        api: ApiIntegration,
        database: Database,
        accounts: Accounts,
        limiter: Limiter,
    ) -> None:
        self.design, self.api, self.database, self.accounts, self.limiter = design, api, database, accounts, limiter
        self.roles = {role.name: role for role in api.roles}

    def handler(self, operation: Operation) -> Handler:
        """The handler of one operation."""

        async def handle(request: Request) -> Response:
            raw = await request.body()
            return await run_in_threadpool(self._answered, operation, request, raw)

        return handle

    def _answered(self, operation: Operation, request: Request, raw: bytes) -> Response:
        """The answer, or the problem that refused the request or that the database raised."""
        try:
            return self._success(operation, request, raw)
        except RefusedError as refused:
            return answer(self.api, operation, refused)
        except psycopg.Error as error:
            return answer(self.api, operation, from_database(error, operation, self.api.problems))

    def _success(self, operation: Operation, request: Request, raw: bytes) -> Response:
        caller = self._caller(operation, request)
        who = caller.identity or caller.role if caller else (request.client.host if request.client else "")
        wait = self.limiter.wait(who)
        if wait:
            raise RefusedError("too-many-requests", retry_after=wait)
        given = requests.parameters(operation, request.path_params, request.query_params)
        sent = requests.body(operation, raw, request.headers.get("content-type", ""))
        service = requests.service(operation, given)
        role = self._role(operation, service, caller)
        continued = requests.cursor(service, given.get("cursor"))
        identity = caller.identity if caller else ""
        values = requests.values(service.bindings, given, sent, continued, identity)
        parts = [(one.query, requests.values(one.bindings, given, sent, continued, identity)) for one in service.parts]
        write = operation.method != "get"
        rows, touched = self.database.rows(service.query, values, role, identity, write=write, parts=parts)
        if operation.answer == "token":
            return self._session(operation, service, rows, sent)
        return self._response(operation, service, rows, touched, sent, request)

    def _caller(self, operation: Operation, request: Request) -> Caller | None:
        """Who the token says; a wrong token is refused even where none is needed."""
        if self.api.authentication.kind == "none" or operation.answer == "token":
            return None
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        caller = self.accounts.known(token.strip()) if scheme.lower() == "bearer" else None
        if caller is None and ("authorization" in request.headers or not operation.anonymous):
            raise RefusedError("not-authenticated")
        return caller

    def _role(self, operation: Operation, service: Service, caller: Caller | None) -> ApiRole | None:
        """The role in whose name the query runs; strangers act through the first that may."""
        if not self.roles:
            return None
        if caller is None:
            return self.roles[service.roles[0]]
        if caller.role not in service.roles:
            raise RefusedError("not-permitted", f"The role {caller.role} may not call {operation.id} like this.")
        return self.roles[caller.role]

    def _session(
        self, operation: Operation, service: Service, rows: list[tuple[Any, ...]], sent: dict[str, Any]
    ) -> Response:
        """A token for whoever's password fits; the same refusal for an unknown name and a wrong password."""
        query = self.design.query(service.query)
        hidden = next(r.name for r in query.results if r.table and self._sensitivity(r.table, r.column) == "secret")
        row = dict(zip((r.name for r in query.results), rows[0], strict=True)) if rows else {}
        if not row or not self.accounts.verified(str(row[hidden]), sent["password"]):
            raise RefusedError("wrong-credentials")
        role = next((r.name for r in self.api.roles if r.identity), service.roles[0])
        token = self.accounts.issued(Caller(role, str(rows[0][0])))
        seconds = self.api.authentication.token_seconds or 900
        return self._json(operation, {"token": token, "token_type": "Bearer", "expires_in": seconds})

    def _sensitivity(self, table: str, column: str) -> str:
        return self.design.data_table(table).column(column).sensitivity

    def _response(
        self,
        operation: Operation,
        service: Service,
        rows: list[tuple[Any, ...]],
        touched: int,
        sent: dict[str, Any],
        request: Request,
    ) -> Response:
        if (operation.answer == "item" and not rows) or (operation.answer == "done" and not touched):
            raise RefusedError("not-found")
        if operation.result is None:
            return Response(status_code=204, headers=self._headers(operation))
        names = [result.name for result in self.design.query(service.query).results]
        shown = {field.name for field in operation.result.fields}
        items = [{n: _json(v) for n, v in zip(names, row, strict=True) if n in shown} for row in rows]
        if operation.answer not in ("page", "list"):
            return self._json(operation, items[0], request, operation.location.format_map(sent))
        data: dict[str, object] = {"items": items}
        if operation.answer == "page":
            full = bool(items) and len(items) == service.page_size
            data["next_cursor"] = requests.next_cursor(service, items[-1]) if full else None
        return self._json(operation, data, request)

    def _headers(self, operation: Operation) -> dict[str, str]:
        headers = {"Cache-Control": operation.cache.header}
        if self.api.rate_limits:
            headers["RateLimit-Policy"] = ", ".join(map(limit_policy, self.api.rate_limits))
        return headers

    def _json(self, operation: Operation, data: object, request: Request | None = None, location: str = "") -> Response:
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        headers = self._headers(operation)
        if location:
            headers["Location"] = f"{self.api.base_path}{location}"
        if operation.cache.validates:
            headers["ETag"] = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
            if request is not None and request.headers.get("if-none-match") == headers["ETag"]:
                return Response(status_code=304, headers=headers)
        return Response(text, success_status(operation), headers, media_type="application/json")


def _json(value: object) -> object:
    """A value of the database as the API writes it."""
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return f"PT{value.total_seconds():g}S"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (list, dict, str, int, float, bool)) or value is None:
        return value
    return str(value)
