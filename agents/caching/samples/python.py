"""The sample for Python: redis-py and cachetools."""


def argument(name: str) -> str:
    """Snake case, as it is."""
    return name


def key(parts: tuple[tuple[str, str], ...]) -> str:
    """An f-string."""
    pieces = {
        "text": "{0}",
        "argument": "{{{0}}}",
        "escaped": "{{quote({0}, safe='')}}",
        "version": "{{{0}}}",
        "digest": "{{digest({0})}}",
    }
    text = "".join(pieces[kind].format(piece) for kind, piece in parts)
    return f'f"{text}"' if any(kind != "text" for kind, _ in parts) else f'"{text}"'


TEMPLATE = '''\
"""Cached answers of {{ query }}: at most {{ age }} s old, even if an invalidation is lost."""

{% if digest %}
import hashlib
{% endif %}
{% if shared %}
import json
{% endif %}
{% if shared %}
import secrets
{% endif %}
{% if local %}
import threading
{% endif %}
{% if shared %}
import time
{% endif %}
from collections.abc import Callable
{% if shared %}
from contextlib import suppress
{% endif %}
from functools import partial
from typing import Any
{% if escaped %}
from urllib.parse import quote
{% endif %}

{% if shared %}
import redis
{% endif %}
{% if local %}
from cachetools import TTLCache
{% endif %}

{% if shared %}
TTL_SECONDS = {{ ttl }}
NOTHING_SECONDS = {{ nothing_ttl }}  # how long it is remembered that there is nothing
LEASE_SECONDS = {{ lease }}  # how long one reader may ask for all others
WAITS, WAIT_SECONDS = 10, 0.02  # how long the others wait for its answer
FILL = """{{ fill }}"""  # stores only what no write has overtaken
{% endif %}
{% if local %}
LOCAL_SECONDS = {{ local_ttl }}
LOCAL_ITEMS = {{ items }}
{% endif %}
{% if digest %}


def digest(text: object) -> str:
    """Free text as a key of fixed length."""
    return hashlib.sha256(str(text).encode()).hexdigest()
{% endif %}


class {{ class_name }}Cache:
    """Cache-aside over the prepared query {{ query }}, which `read` runs."""

    def __init__(self, {{ "client: redis.Redis, " if shared }}read: Callable[..., Any]) -> None:
{% if shared %}
        self._client = client
{% endif %}
        self._read = read
{% if local %}
        self._local: TTLCache[str, Any] = TTLCache(maxsize=LOCAL_ITEMS, ttl=LOCAL_SECONDS)
        self._lock = threading.Lock()
{% if not single %}
        self._versions: dict[str, int] = {}
{% endif %}
{% endif %}

    def {{ query }}(self{% for name, type in arguments %}, {{ name }}: {{ type }}{% endfor %}) -> Any:
        read = partial(self._read, "{{ query }}"{% for name, _ in arguments %}, {{ name }}{% endfor %})
{% if shared and not single %}
        try:
            version = int(self._client.get({{ version_key }}) or 0)
        except redis.RedisError:  # {{ product }} is away: the database answers
            return read()
{% elif not single %}
        version = self._versions.get({{ version_key }}, 0)
{% endif %}
        key = {{ key }}
{% if local %}
        with self._lock:
            if key in self._local:
                return self._local[key]
{% endif %}
{% if shared %}
        lease, token = f"{key}:lease", secrets.token_hex(8)
        try:
            held = self._client.get(key)
            leased = held is None and self._client.set(lease, token, nx=True, ex=LEASE_SECONDS)
            for _ in range(0 if leased or held is not None else WAITS):
                time.sleep(WAIT_SECONDS)
                held = self._client.get(key)
                if held is not None:
                    break
        except redis.RedisError:  # {{ product }} is away: the database answers
            return read()
        found = json.loads(held) if held is not None else read()
        if leased:
            seconds = NOTHING_SECONDS if found is None else TTL_SECONDS
            with suppress(redis.RedisError):
                self._client.eval(FILL, 2, lease, key, token, json.dumps(found, default=str), seconds)
{% else %}
        found = read()
{% endif %}
{% if local %}
        if found is not None:
            with self._lock:
                self._local[key] = found
{% endif %}
        return found

    def forget(self{% for name, type in targets %}, {{ name }}: {{ type }}{% endfor %}) -> None:
        """Call after the commit of every write to {{ table }} that the plan lists, never before it or after a rollback.

{% if shared %}
        While {{ product }} is away nothing is forgotten: a copy that it brings back ends by its TTL of {{ ttl }} s.
{% else %}
        Other processes are not told: their copies end by their TTL of {{ ttl }} s.
{% endif %}
        """
{% if single %}
        key = {{ key }}
{% if local %}
        with self._lock:
            self._local.pop(key, None)
{% endif %}
{% if shared %}
        with suppress(redis.RedisError):
            self._client.delete(key, f"{key}:lease")
{% endif %}
{% elif shared %}
        with suppress(redis.RedisError):
            self._client.incr({{ version_key }})
{% else %}
        version = {{ version_key }}
        with self._lock:
            self._versions[version] = self._versions.get(version, 0) + 1
{% endif %}
'''
