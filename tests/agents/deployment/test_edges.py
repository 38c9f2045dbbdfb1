"""Documents that say almost nothing, and documents that try to say too much."""

import yaml

from agents.platform_deployment import platform_deployment
from agents.platform_deployment.checks.unmatched_variable import used_variables
from artifacts.deployment_files import deployment_files
from contracts.catalogue import Catalogue
from contracts.published import Application, PublishedDesign
from tests.agents.deployment.published import design_of

EVIL = 'x"; $(rm -rf /) `id` ${HOME}\n- a: b # {{ x }} \u202e'


def bare(**more: object) -> PublishedDesign:
    """The shop's tables with nothing said about how they are run."""
    empty = (
        "pools",
        "settings",
        "environments",
        "caches",
        "cache_entries",
        "replicas",
        "routes",
        "alerts",
        "requirements",
    )
    nothing = dict.fromkeys(empty, ()) | {"machine": None, "backup": None, "application": Application()}
    return design_of("shop").model_copy(update=nothing | more)


def hostile() -> PublishedDesign:
    """The shop's document with the same text wherever text may stand."""
    shop = design_of("shop")
    cache = shop.caches[-1]
    update = {
        "title": EVIL,
        "pools": (shop.pools[0].model_copy(update={"name": EVIL, "purpose": EVIL, "provider": EVIL}), *shop.pools[1:]),
        "replicas": (shop.replicas[0].model_copy(update={"name": EVIL}), *shop.replicas[1:]),
        "settings": (*shop.settings[:5], shop.settings[5].model_copy(update={"value": EVIL})),
        "alerts": tuple(a.model_copy(update={"runbook": EVIL, "metric": EVIL, "severity": EVIL}) for a in shop.alerts),
        "caches": (cache.model_copy(update={"settings": {**cache.settings, EVIL: EVIL}}),),
    }
    return shop.model_copy(update=update)


def test_what_a_document_does_not_say_is_a_finding_and_no_guess() -> None:
    for design in (bare(), bare(catalogue=Catalogue(), blocks=())):
        deployment = platform_deployment(design)
        assert {f.element for f in deployment.findings} >= {"design.machine", "design.pools", "design.backup"}
        text = next(file.text for file in deployment_files(deployment) if file.path.endswith(".md"))
        assert "## Findings" in text


def test_text_of_a_document_stays_text_in_every_file() -> None:
    deployment = platform_deployment(hostile())
    assert "HOME" not in used_variables(deployment)
    files = {file.path: file.text for file in deployment_files(deployment)}
    for path, text in files.items():
        if path.endswith((".yaml", ".yml")):
            list(yaml.safe_load_all(text))
        if path.endswith((".sh", "logins.sql")):
            assert "rm -rf" not in text
        if path in (".env.example", "deploy/database/schema.sql"):
            assert all(line.startswith(("#", "--")) for line in text.splitlines() if "rm -rf" in line)
        assert "\u202e" not in text, path
