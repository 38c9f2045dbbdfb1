"""All events of the plan in one table, and the code that turns a written row into the keys that it makes stale.

A writer collects keys inside its transaction, with the row before and after, and applies them after the commit alone.
Where other rows change as well, `finds` reads them in the same transaction.
"""

# ruff: noqa: E501 (a template's line is longer than the line that it makes)
PYTHON = '''\
"""Which cached answers each write makes stale: every event of the plan."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

Row = Mapping[str, Any]

EVENTS = (  # table, operation, whether the key is a list's version, key, SQL that finds rows whose columns fill it, by what
{% for event in events %}
    ({{ event.table|text }}, {{ event.operation|text }}, {{ event.version }}, {{ event.key|text }}, {{ event.finds|text }}, {{ event.by|text }}),
{% endfor %}
)
_PLACEHOLDER = re.compile(r"\\{(?:(old|new)\\.)?(\\w+)\\}")


def stale_keys(table: str, operation: str, moment: str, row: Row, find: Callable[[str, list[Any]], Iterable[Row]]) -> set[tuple[bool, str]]:
    """Keys that a write makes stale. Inside its transaction: "old" before an update or delete, "new" after an insert or update.

    `find` runs SQL with the row's key as its parameters. Collect the keys of all writes, and `forget` them after the commit.
    """
    found = set()
    for of, does, version, key, finds, by in EVENTS:
        if (of, does) == (table, operation):
            for values in find(finds, [row[name] for name in by]) if finds else (row,):
                filled = _filled(key, moment, values)
                found |= {(version, filled)} if filled is not None else set()
    return found


def forget(keys: Iterable[tuple[bool, str]], delete: Callable[[str], object], increment: Callable[[str], object]) -> None:
    """Call after the commit, never before it or after a rollback; a version is counted up, any other key deleted with its lease."""
    for version, key in sorted(keys):
        if version:
            increment(key)
        else:
            delete(key)
            delete(f"{key}:lease")


def _filled(key: str, moment: str, values: Row) -> str | None:
    """None where the key is of the other moment, or the row has no such value and so was never read by it."""
    missing = False

    def text(match: re.Match[str]) -> str:
        nonlocal missing
        when, name = match.groups()
        value = values.get(name.removesuffix("_sha256"))
        missing = missing or value is None or when not in (None, moment)
        return hashlib.sha256(str(value).encode()).hexdigest() if name.endswith("_sha256") else quote(str(value), safe="")

    made = _PLACEHOLDER.sub(text, key)
    return None if missing else made
'''

TYPESCRIPT = """\
import { createHash } from "node:crypto";

export type Row = Record<string, unknown>;
type Operation = "insert" | "update" | "delete";

/** Every event of the plan: whether the key is a list's version, the key, and SQL that finds rows whose columns fill it. */
const EVENTS: readonly { table: string; operation: Operation; version: boolean; key: string; finds: string; by: string[] }[] = [
{% for event in events %}
  { table: {{ event.table|text }}, operation: {{ event.operation|text }}, version: {{ "true" if event.version else "false" }}, key: {{ event.key|text }}, finds: {{ event.finds|text }}, by: {{ event.by|text }} },
{% endfor %}
];

/**
 * Keys that a write makes stale, as `key` or `+key` for a list's version. Inside its transaction: "old" before an update or
 * delete, "new" after an insert or update. `find` runs SQL with the row's key as its parameters.
 */
export async function staleKeys(table: string, operation: Operation, moment: "old" | "new", row: Row, find: (sql: string, key: unknown[]) => Promise<Row[]>): Promise<string[]> {
  const found = new Set<string>();
  for (const event of EVENTS) {
    if (event.table === table && event.operation === operation) {
      for (const values of event.finds ? await find(event.finds, event.by.map((name) => row[name])) : [row]) {
        const key = filled(event.key, moment, values);
        if (key !== null) {
          found.add(event.version ? `+${key}` : key);
        }
      }
    }
  }
  return [...found];
}

/** Call after the commit, never before it or after a rollback; a version is counted up, any other key deleted with its lease. */
export async function forget(keys: Iterable<string>, remove: (...keys: string[]) => Promise<unknown>, increment: (key: string) => Promise<unknown>): Promise<void> {
  for (const key of keys) {
    await (key.startsWith("+") ? increment(key.slice(1)) : remove(key, `${key}:lease`));
  }
}

/** null where the key is of the other moment, or the row has no such value and so was never read by it. */
function filled(key: string, moment: string, values: Row): string | null {
  let whole = true;
  const made = key.replace(/\\{(?:(old|new)\\.)?(\\w+)\\}/g, (_, when: string | undefined, name: string) => {
    const digested = name.endsWith("_sha256");
    const value = values[digested ? name.slice(0, -"_sha256".length) : name];
    whole = whole && value !== null && value !== undefined && (when === undefined || when === moment);
    return digested ? createHash("sha256").update(String(value)).digest("hex") : encodeURIComponent(String(value));
  });
  return whole ? made : null;
}
"""

JAVA = """\
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Which cached answers each write makes stale: every event of the plan. */
public final class Invalidations {

    /** A key that a write makes stale; the key of a list's version is counted up, any other deleted with its lease. */
    public record Stale(boolean version, String key) {}

    private record Event(String table, String operation, boolean version, String key, String finds, List<String> by) {}

    private static final List<Event> EVENTS = List.of(
{% for event in events %}
            new Event({{ event.table|text }}, {{ event.operation|text }}, {{ "true" if event.version else "false" }}, {{ event.key|text }}, {{ event.finds|text }}, List.of({{ event.names }})){{ "," if not loop.last else ");" }}
{% endfor %}
    private static final Pattern PLACEHOLDER = Pattern.compile("\\\\{(?:(old|new)\\\\.)?(\\\\w+)\\\\}");

    private Invalidations() {}

    /**
     * Keys that a write makes stale. Inside its transaction: "old" before an update or delete, "new" after an insert or
     * update. {@code find} runs SQL with the row's key as its parameter.
     */
    public static Set<Stale> staleKeys(String table, String operation, String moment, Map<String, ?> row, BiFunction<String, List<?>, List<Map<String, Object>>> find) {
        Set<Stale> found = new LinkedHashSet<>();
        for (Event event : EVENTS) {
            if (event.table().equals(table) && event.operation().equals(operation)) {
                List<? extends Map<String, ?>> rows = event.finds().isEmpty() ? List.of(row) : find.apply(event.finds(), event.by().stream().map(row::get).toList());
                for (Map<String, ?> values : rows) {
                    String key = filled(event.key(), moment, values);
                    if (key != null) {
                        found.add(new Stale(event.version(), key));
                    }
                }
            }
        }
        return found;
    }

    /** Call inside the transaction, with the keys of all its writes; it acts after the commit only. */
    public static void forgetAfterCommit(Set<Stale> keys, Consumer<String> delete, Consumer<String> increment) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                for (Stale stale : keys) {
                    if (stale.version()) {
                        increment.accept(stale.key());
                    } else {
                        delete.accept(stale.key());
                        delete.accept(stale.key() + ":lease");
                    }
                }
            }
        });
    }

    /** null where the key is of the other moment, or the row has no such value and so was never read by it. */
    private static String filled(String key, String moment, Map<String, ?> values) {
        StringBuilder made = new StringBuilder();
        Matcher matcher = PLACEHOLDER.matcher(key);
        while (matcher.find()) {
            boolean digested = matcher.group(2).endsWith("_sha256");
            Object value = values.get(digested ? matcher.group(2).replace("_sha256", "") : matcher.group(2));
            if (value == null || (matcher.group(1) != null && !matcher.group(1).equals(moment))) {
                return null;
            }
            String text = digested ? digest(value) : URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
            matcher.appendReplacement(made, Matcher.quoteReplacement(text));
        }
        return matcher.appendTail(made).toString();
    }

    private static String digest(Object value) {
        try {
            byte[] bytes = value.toString().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
"""

CSHARP = """\
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

/// <summary>Which cached answers each write makes stale: every event of the plan.</summary>
public static class Invalidations
{
    private static readonly (string Table, string Operation, bool Version, string Key, string Finds, string[] By)[] Events =
    {
{% for event in events %}
        ({{ event.table|text }}, {{ event.operation|text }}, {{ "true" if event.version else "false" }}, {{ event.key|text }}, {{ event.finds|text }}, new[] { {{ event.names }} }),
{% endfor %}
    };

    private static readonly Regex Placeholder = new(@"\\{(?:(old|new)\\.)?(\\w+)\\}");

    /// <summary>Keys that a write makes stale. Inside its transaction: "old" before an update or delete, "new" after an
    /// insert or update. `find` runs SQL with the row's key as its parameters.</summary>
    public static async Task<HashSet<(bool Version, string Key)>> StaleKeysAsync(string table, string operation, string moment, IReadOnlyDictionary<string, object?> row, Func<string, object?[], Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>>> find)
    {
        var found = new HashSet<(bool Version, string Key)>();
        foreach (var change in Events.Where(change => change.Table == table && change.Operation == operation))
        {
            var rows = change.Finds.Length > 0 ? await find(change.Finds, change.By.Select(name => row[name]).ToArray()) : new[] { row };
            foreach (var values in rows)
            {
                if (Filled(change.Key, moment, values) is { } key)
                {
                    found.Add((change.Version, key));
                }
            }
        }
        return found;
    }

    /// <summary>Call after the commit, never before it or after a rollback; a version is counted up, any other key deleted
    /// with its lease.</summary>
    public static async Task ForgetAsync(IEnumerable<(bool Version, string Key)> keys, Func<string, Task> delete, Func<string, Task> increment)
    {
        foreach (var (version, key) in keys)
        {
            await (version ? increment(key) : delete(key));
            if (!version)
            {
                await delete($"{key}:lease");
            }
        }
    }

    /// <summary>null where the key is of the other moment, or the row has no such value and so was never read by it.</summary>
    private static string? Filled(string key, string moment, IReadOnlyDictionary<string, object?> values)
    {
        bool whole = true;
        string made = Placeholder.Replace(key, match =>
        {
            bool digested = match.Groups[2].Value.EndsWith("_sha256", StringComparison.Ordinal);
            string name = digested ? match.Groups[2].Value[..^"_sha256".Length] : match.Groups[2].Value;
            object? value = values.GetValueOrDefault(name);
            whole = whole && value is not null && (!match.Groups[1].Success || match.Groups[1].Value == moment);
            string text = value?.ToString() ?? "";
            return digested ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant() : Uri.EscapeDataString(text);
        });
        return whole ? made : null;
    }
}
"""

TEMPLATES = {"python": PYTHON, "typescript": TYPESCRIPT, "java": JAVA, "csharp": CSHARP}
