"""Where the platform decides what the document leaves open, or does it in another way; and what it needs first."""

from agents.platform_deployment.cache import cache_secret
from agents.platform_deployment.cluster import decided_by_operator
from agents.platform_deployment.compose import owner
from agents.platform_deployment.connections import logins
from agents.platform_deployment.copies import schedule, store_name, store_secret
from agents.platform_deployment.facts import Facts, archived, shared_cache
from agents.platform_deployment.knowledge import knowledge
from agents.platform_deployment.processes import runtime
from agents.platform_deployment.quantities import binary
from agents.platform_deployment.sizes import development, volume_bytes
from contracts.deployment import Choice, SecretNeed


def choices(facts: Facts) -> tuple[Choice, ...]:
    """Decisions of the platform, each with its reason."""
    found = [_version(facts)]
    if facts.embedded:
        return tuple(found)
    found += [_platform(), *_settings(facts), *_backup(facts), *_replicas(facts), *_development(facts)]
    found += [_disk(facts), _room(facts), *_encryption(facts)]
    return tuple(found)


def _version(facts: Facts) -> Choice:
    floor = f"; it asks for {facts.design.floor} or later" if facts.design.floor else ""
    because = f"The document was proven on {facts.design.engine.name} {facts.design.engine.version}{floor}"
    return Choice(topic="Version", choice=f"PostgreSQL {facts.version}", because=because)


def _platform() -> Choice:
    because = (
        "The document names no platform; the operator restarts, fails over, archives and copies by itself, and is open"
        " source"
    )
    return Choice(topic="Platform", choice="Kubernetes with CloudNativePG", because=because)


def _settings(facts: Facts) -> list[Choice]:
    """Settings that the operator decides, by reason; the libraries are carried over in a field of their own."""
    by_reason: dict[str, list[str]] = {}
    for name, why in decided_by_operator(facts).items():
        if name != "shared_preload_libraries":
            by_reason.setdefault(why, []).append(name)
    return [
        Choice(topic=f"Settings {', '.join(names)}", choice="the operator's own", because=_capital(why))
        for why, names in by_reason.items()
    ]


def _backup(facts: Facts) -> list[Choice]:
    backup = facts.design.backup
    if backup is None or not archived(facts):
        return []
    every = f"{backup.full_every_hours:g} hours" if backup.full_every_hours else "day"
    kept = f", kept for {backup.kept_days:g} days" if backup.kept_days else ""
    differential = any("--type=diff" in line for line in backup.commands)
    lost = " Its differential copies have no counterpart: a restore replays the log since the last full copy."
    choice = f"Barman Cloud plugin in place of {backup.method}"
    return [
        Choice(
            topic="Backup",
            choice=f"{choice}; a full copy at {schedule(facts)}, the log archived to s3://{store_name(facts)}/",
            because=f"The operator owns the archive command. The document's figures stay: a copy every {every}{kept}."
            + (lost if differential else ""),
        )
    ]


def _replicas(facts: Facts) -> list[Choice]:
    because = "Every read that is sent to it has no way back: it serves that purpose alone and must not be promoted"
    choice = "a cluster of its own that follows the first one"
    return [Choice(topic=f"Replica {replica.name}", choice=choice, because=because) for replica in facts.dedicated]


def _development(facts: Facts) -> list[Choice]:
    sized = development(facts)
    if sized.divisor == 1:
        return []
    because = (
        f"{binary(facts.memory_bytes)} become {binary(sized.memory)}; connections and time limits stay, so that a pool"
        " that is too large shows at once"
    )
    choice = f"the document's memory settings divided by {sized.divisor}"
    return [Choice(topic="Development", choice=choice, because=because)]


def _disk(facts: Facts) -> Choice:
    because = "Half as much again as the size at which the alert on growth fires; volumes can be enlarged, not shrunk"
    return Choice(topic="Disk", choice=binary(volume_bytes(facts)), because=because)


def _room(facts: Facts) -> Choice:
    used = runtime(facts)
    answers = used["own"] or f"The application has to answer {used['liveness']} and {used['readiness']}"
    language = facts.design.application.language or "a service"
    return Choice(
        topic="Room of the application",
        choice=f"{used['cpu']} CPU and {used['memory']} for each process",
        because=f"Convention for {language}; the document sizes the database alone, so measure it. {answers}",
    )


def _encryption(facts: Facts) -> list[Choice]:
    if not facts.design.application.encryption:
        return []
    cache = shared_cache(facts.design)
    told = (
        f" {cache.provider} speaks plain TCP inside the namespace, which the network policies close." if cache else ""
    )
    because = "The document asks for it; which StorageClass encrypts depends on the cluster: make it the default one."
    choice = "TLS for every connection to PostgreSQL, AES-256 in the object store, a StorageClass that encrypts"
    return [Choice(topic="Encryption", choice=choice, because=f"{because}{told}")]


def secrets(facts: Facts) -> tuple[SecretNeed, ...]:
    """Secrets that the Kubernetes files refer to."""
    if facts.embedded:
        return ()
    basic = ("username", "password")
    found = [SecretNeed(name=k.secret, keys=basic, purpose=k.purpose, login=k.name) for k in logins(facts)]
    if shared_cache(facts.design):
        found.append(SecretNeed(name=cache_secret(facts), keys=("password",), purpose="the cache's password"))
    if archived(facts):
        keys = ("ACCESS_KEY_ID", "ACCESS_SECRET_KEY")
        found.append(SecretNeed(name=store_secret(facts), keys=keys, purpose="keys of the object store"))
    made = [("app", basic, f"the login {owner(facts)}"), ("ca", ("ca.crt",), "certificate of the server")]
    if facts.dedicated:
        made.append(("replication", ("tls.crt", "tls.key"), "replication"))
    found += [
        SecretNeed(name=f"{facts.cluster}-{name}", keys=keys, purpose=purpose, made_by="operator")
        for name, keys, purpose in made
    ]
    return tuple(found)


def prerequisites(facts: Facts) -> tuple[Choice, ...]:
    """What the cluster must have first."""
    if facts.embedded:
        return ()
    return tuple(
        Choice(
            topic=entry["name"], choice=f"{entry['version']} or later", because=f"{entry['why']} ({entry['source']})"
        )
        for entry in knowledge("images")["prerequisites"]
        if archived(facts) or not entry.get("archives")
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
