"""The sample for Java 17: Spring Data Redis (Lettuce), Jackson and Caffeine."""


def argument(name: str) -> str:
    """Camel case."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def key(parts: tuple[tuple[str, str], ...]) -> str:
    """A concatenation that begins with a string."""
    pieces = [_PIECES[kind].format(piece if kind == "text" else argument(piece)) for kind, piece in parts]
    return " + ".join(pieces)


_PIECES = {
    "text": '"{0}"',
    "argument": "{0}",
    "escaped": "URLEncoder.encode({0}, StandardCharsets.UTF_8)",
    "version": "{0}",
    "digest": "digest({0})",
}
# ruff: noqa: E501 (a template's line is longer than the line that it makes)
TEMPLATE = """\
{% if shared %}
import com.fasterxml.jackson.core.JsonProcessingException;
{% endif %}
import com.fasterxml.jackson.databind.JsonNode;
{% if shared %}
import com.fasterxml.jackson.databind.ObjectMapper;
{% endif %}
{% if local %}
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
{% endif %}
{% if escaped %}
import java.net.URLEncoder;
{% endif %}
{% if digest or escaped %}
import java.nio.charset.StandardCharsets;
{% endif %}
{% if digest %}
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
{% endif %}
import java.time.Duration;
{% if digest %}
import java.util.HexFormat;
{% endif %}
{% if shared %}
import java.util.List;
{% endif %}
{% if shared and not single %}
import java.util.Objects;
{% endif %}
{% if shared %}
import java.util.UUID;
{% endif %}
{% if not shared and not single %}
import java.util.concurrent.ConcurrentHashMap;
{% endif %}
{% if shared %}
import java.util.concurrent.locks.LockSupport;
{% endif %}
import java.util.function.Supplier;
{% if shared %}
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
{% endif %}
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Cached answers of {{ query }}: at most {{ age }} s old, even if an invalidation is lost. */
@Component
public class {{ class_name }}Cache {

{% if shared %}
    private static final long TTL_SECONDS = {{ ttl }};
    private static final long NOTHING_SECONDS = {{ nothing_ttl }}; // how long it is remembered that there is nothing
    private static final Duration LEASE = Duration.ofSeconds({{ lease }}); // how long one reader may ask for all others
    private static final int WAITS = 10; // of 20 ms each, in which the others wait for its answer
    private static final RedisScript<Long> FILL = RedisScript.of( // stores only what no write has overtaken
            "{{ fill }}", Long.class);

    private final StringRedisTemplate redis;
    private final ObjectMapper json;
{% endif %}
{% if local %}
    private final Cache<String, JsonNode> local = Caffeine.newBuilder()
            .maximumSize({{ items }})
            .expireAfterWrite(Duration.ofSeconds({{ local_ttl }}))
            .build();
{% endif %}
{% if not shared and not single %}
    private final ConcurrentHashMap<String, Long> versions = new ConcurrentHashMap<>();
{% endif %}
{% if shared %}

    public {{ class_name }}Cache(StringRedisTemplate redis, ObjectMapper json) {
        this.redis = redis;
        this.json = json;
    }
{% endif %}

    /** Reads through the caches; {@code read} runs the prepared query {{ query }}. */
    public JsonNode {{ method }}({% for name, type in arguments %}{{ type }} {{ name }}, {% endfor %}Supplier<JsonNode> read){{ " throws JsonProcessingException" if shared }} {
{% if not single %}
{% if shared %}
        String version;
        try {
            version = Objects.requireNonNullElse(redis.opsForValue().get({{ version_key }}), "0");
        } catch (DataAccessException away) {
            return read.get(); // {{ product }} is away: the database answers
        }
{% else %}
        long version = versions.getOrDefault({{ version_key }}, 0L);
{% endif %}
{% endif %}
        String key = {{ key }};
{% if local %}
        JsonNode near = local.getIfPresent(key);
        if (near != null) {
            return near;
        }
{% endif %}
{% if shared %}
        String lease = key + ":lease";
        String token = UUID.randomUUID().toString();
        String held;
        boolean leased;
        try {
            held = redis.opsForValue().get(key);
            leased = held == null && Boolean.TRUE.equals(redis.opsForValue().setIfAbsent(lease, token, LEASE));
            for (int wait = 0; held == null && !leased && wait < WAITS; wait++) {
                LockSupport.parkNanos(20_000_000);
                held = redis.opsForValue().get(key);
            }
        } catch (DataAccessException away) {
            return read.get(); // {{ product }} is away: the database answers
        }
        JsonNode found = held == null ? read.get() : held.equals("null") ? null : json.readTree(held);
        if (leased) {
            fill(lease, key, token, json.writeValueAsString(found), found == null ? NOTHING_SECONDS : TTL_SECONDS);
        }
{% else %}
        JsonNode found = read.get();
{% endif %}
{% if local %}
        if (found != null) {
            local.put(key, found);
        }
{% endif %}
        return found;
    }

    /** Call inside the transaction of every write to {{ table }} that the plan lists; it acts after the commit only. */
    public void forgetAfterCommit({% for name, type in targets %}{{ type }} {{ name }}{{ ", " if not loop.last }}{% endfor %}) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                forget({% for name, _ in targets %}{{ name }}{{ ", " if not loop.last }}{% endfor %});
            }
        });
    }

    private void forget({% for name, type in targets %}{{ type }} {{ name }}{{ ", " if not loop.last }}{% endfor %}) {
{% if single %}
        String key = {{ key }};
{% if local %}
        local.invalidate(key);
{% endif %}
{% endif %}
{% if shared %}
        try {
{% if single %}
            redis.delete(List.of(key, key + ":lease"));
{% else %}
            redis.opsForValue().increment({{ version_key }});
{% endif %}
        } catch (DataAccessException away) {
            // {{ product }} is away: a copy that it brings back ends by its TTL of {{ ttl }} s
        }
{% elif not single %}
        versions.merge({{ version_key }}, 1L, Long::sum);
{% endif %}
    }
{% if shared %}

    private void fill(String lease, String key, String token, String text, long seconds) {
        try {
            redis.execute(FILL, List.of(lease, key), token, text, Long.toString(seconds));
        } catch (DataAccessException away) {
            // the next read tries again
        }
    }
{% endif %}
{% if digest %}

    private static String digest(Object text) {
        try {
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
{% endif %}
}
"""
