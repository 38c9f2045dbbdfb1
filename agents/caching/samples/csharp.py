"""The sample for C# 12: StackExchange.Redis and IMemoryCache."""

from agents.caching.samples.java import argument as camel


def argument(name: str) -> str:
    """Camel case."""
    return camel(name)


def key(parts: tuple[tuple[str, str], ...]) -> str:
    """An interpolated string."""
    pieces = {
        "text": "{0}",
        "argument": "{{{0}}}",
        "escaped": "{{Uri.EscapeDataString({0})}}",
        "version": "{{{0}}}",
        "digest": "{{Digest({0})}}",
    }
    return (
        '$"' + "".join(pieces[kind].format(piece if kind == "text" else argument(piece)) for kind, piece in parts) + '"'
    )


# ruff: noqa: E501 (a template's line is longer than the line that it makes)
TEMPLATE = """\
{% if not shared and not single %}
using System.Collections.Concurrent;
{% endif %}
{% if digest %}
using System.Security.Cryptography;
using System.Text;
{% endif %}
using System.Text.Json;
{% if local %}
using Microsoft.Extensions.Caching.Memory;
{% endif %}
{% if shared %}
using StackExchange.Redis;
{% endif %}

/// <summary>Cached answers of {{ query }}: at most {{ age }} s old, even if an invalidation is lost.</summary>
public sealed class {{ class_name }}Cache{% if shared or local %}({% if shared %}IDatabase redis{{ ", " if local }}{% endif %}{% if local %}IMemoryCache local{% endif %}){% endif %}

{
{% if shared %}
    private const int TtlSeconds = {{ ttl }};
    private const int NothingSeconds = {{ nothing_ttl }}; // how long it is remembered that there is nothing
    private const int Waits = 10; // of 20 ms each, in which the others wait for its answer
    private const string Fill = "{{ fill }}"; // stores only what no write has overtaken
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds({{ lease }}); // how long one reader may ask for all others
{% endif %}
{% if local %}
    private static readonly TimeSpan LocalTtl = TimeSpan.FromSeconds({{ local_ttl }});
{% endif %}
{% if not shared and not single %}
    private readonly ConcurrentDictionary<string, long> versions = new();
{% endif %}

    /// <summary>Reads through the caches; <c>read</c> runs the prepared query {{ query }}.</summary>
    public async Task<JsonElement?> {{ class_name }}Async({% for name, type in arguments %}{{ type }} {{ name }}, {% endfor %}Func<Task<JsonElement?>> read)
    {
{% if not single %}
{% if shared %}
        long version;
        try
        {
            version = (long?)await redis.StringGetAsync({{ version_key }}) ?? 0;
        }
        catch (RedisException)
        {
            return await read(); // {{ product }} is away: the database answers
        }
{% else %}
        var version = versions.GetValueOrDefault({{ version_key }});
{% endif %}
{% endif %}
        var key = {{ key }};
{% if local %}
        if (local.TryGetValue(key, out JsonElement near))
        {
            return near;
        }
{% endif %}
{% if shared %}
        var lease = key + ":lease";
        var token = Guid.NewGuid().ToString();
        RedisValue held;
        bool leased;
        try
        {
            held = await redis.StringGetAsync(key);
            leased = !held.HasValue && await redis.StringSetAsync(lease, token, Lease, When.NotExists);
            for (var wait = 0; !held.HasValue && !leased && wait < Waits; wait++)
            {
                await Task.Delay(20);
                held = await redis.StringGetAsync(key);
            }
        }
        catch (RedisException)
        {
            return await read(); // {{ product }} is away: the database answers
        }
        var found = held.HasValue ? JsonSerializer.Deserialize<JsonElement?>(held.ToString()) : await read();
        if (leased)
        {
            await FillAsync(lease, key, token, JsonSerializer.Serialize(found), found is null ? NothingSeconds : TtlSeconds);
        }
{% else %}
        var found = await read();
{% endif %}
{% if local %}
        if (found is not null)
        {
            local.Set(key, found.Value, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = LocalTtl });
        }
{% endif %}
        return found;
    }

    /// <summary>Call after the commit of every write to {{ table }} that the plan lists, never before it.</summary>
    public async Task ForgetAsync({% for name, type in targets %}{{ type }} {{ name }}{{ ", " if not loop.last }}{% endfor %})
    {
{% if single %}
        var key = {{ key }};
{% if local %}
        local.Remove(key);
{% endif %}
{% endif %}
{% if shared %}
        try
        {
{% if single %}
            await redis.KeyDeleteAsync([key, key + ":lease"]);
{% else %}
            await redis.StringIncrementAsync({{ version_key }});
{% endif %}
        }
        catch (RedisException)
        {
            // {{ product }} is away: a copy that it brings back ends by its TTL of {{ ttl }} s
        }
{% else %}
{% if not single %}
        versions.AddOrUpdate({{ version_key }}, 1, (_, old) => old + 1);
{% endif %}
        await Task.CompletedTask;
{% endif %}
    }
{% if shared %}

    private async Task FillAsync(string lease, string key, string token, string text, int seconds)
    {
        try
        {
            await redis.ScriptEvaluateAsync(Fill, [lease, key], [token, text, seconds]);
        }
        catch (RedisException)
        {
            // the next read tries again
        }
    }
{% endif %}
{% if digest %}

    private static string Digest(object text) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString() ?? ""))).ToLowerInvariant();
{% endif %}
}
"""
