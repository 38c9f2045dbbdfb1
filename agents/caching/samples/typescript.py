"""The sample for TypeScript: ioredis and lru-cache."""

from agents.caching.samples.java import argument as camel


def argument(name: str) -> str:
    """Camel case."""
    return camel(name)


def key(parts: tuple[tuple[str, str], ...]) -> str:
    """A template literal."""
    pieces = {
        "text": "{0}",
        "argument": "${{{0}}}",
        "escaped": "${{encodeURIComponent({0})}}",
        "version": "${{{0}}}",
        "digest": "${{digest({0})}}",
    }
    return (
        "`" + "".join(pieces[kind].format(piece if kind == "text" else argument(piece)) for kind, piece in parts) + "`"
    )


# ruff: noqa: E501 (a template's line is longer than the line that it makes)
TEMPLATE = """\
{% if digest and shared %}
import { createHash, randomUUID } from "node:crypto";
{% elif digest %}
import { createHash } from "node:crypto";
{% elif shared %}
import { randomUUID } from "node:crypto";
{% endif %}
{% if shared %}
import type { Redis } from "ioredis";
{% endif %}
{% if local %}
import { LRUCache } from "lru-cache";
{% endif %}

type Answer = Record<string, unknown> | Record<string, unknown>[];
{% if shared %}

const TTL_SECONDS = {{ ttl }};
const NOTHING_SECONDS = {{ nothing_ttl }}; // how long it is remembered that there is nothing
const LEASE_SECONDS = {{ lease }}; // how long one reader may ask for all others
const WAITS = 10; // of 20 ms each, in which the others wait for its answer
const FILL = `{{ fill }}`; // stores only what no write has overtaken
{% endif %}
{% if digest %}

const digest = (text: unknown): string => createHash("sha256").update(String(text)).digest("hex");
{% endif %}

/** Cached answers of {{ query }}: at most {{ age }} s old, even if an invalidation is lost. */
export class {{ class_name }}Cache {
{% if local %}
  private readonly local = new LRUCache<string, Answer>({ max: {{ items }}, ttl: {{ local_ttl }}_000 });
{% endif %}
{% if not shared and not single %}
  private readonly versions = new Map<string, number>();
{% endif %}
{% if shared %}

  constructor(private readonly redis: Redis) {}
{% endif %}

  /** Reads through the caches; `read` runs the prepared query {{ query }}. */
  async {{ method }}({% for name, type in arguments %}{{ name }}: {{ type }}, {% endfor %}read: () => Promise<Answer | null>): Promise<Answer | null> {
{% if not single %}
{% if shared %}
    let version: string;
    try {
      version = (await this.redis.get({{ version_key }})) ?? "0";
    } catch {
      return read(); // {{ product }} is away: the database answers
    }
{% else %}
    const version = this.versions.get({{ version_key }}) ?? 0;
{% endif %}
{% endif %}
    const key = {{ key }};
{% if local %}
    const near = this.local.get(key);
    if (near !== undefined) {
      return near;
    }
{% endif %}
{% if shared %}
    const lease = `${key}:lease`;
    const token = randomUUID();
    let held: string | null;
    let leased = false;
    try {
      held = await this.redis.get(key);
      leased = held === null && (await this.redis.set(lease, token, "EX", LEASE_SECONDS, "NX")) === "OK";
      for (let wait = 0; held === null && !leased && wait < WAITS; wait++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        held = await this.redis.get(key);
      }
    } catch {
      return read(); // {{ product }} is away: the database answers
    }
    const found = held !== null ? (JSON.parse(held) as Answer | null) : await read();
    if (leased) {
      const seconds = found === null ? NOTHING_SECONDS : TTL_SECONDS;
      await this.redis.eval(FILL, 2, lease, key, token, JSON.stringify(found), seconds).catch(() => undefined);
    }
{% else %}
    const found = await read();
{% endif %}
{% if local %}
    if (found !== null) {
      this.local.set(key, found);
    }
{% endif %}
    return found;
  }

  /** Call after the commit of every write to {{ table }} that the plan lists, never before it or after a rollback. */
  async forget({% for name, type in targets %}{{ name }}: {{ type }}{{ ", " if not loop.last }}{% endfor %}): Promise<void> {
{% if single %}
    const key = {{ key }};
{% if local %}
    this.local.delete(key);
{% endif %}
{% if shared %}
    await this.redis.del(key, `${key}:lease`).catch(() => undefined);
{% endif %}
{% elif shared %}
    await this.redis.incr({{ version_key }}).catch(() => undefined);
{% else %}
    const version = {{ version_key }};
    this.versions.set(version, (this.versions.get(version) ?? 0) + 1);
{% endif %}
  }
}
"""
