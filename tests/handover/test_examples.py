"""The examples' documents as people get them: all agents downstream, and the generated suite on every engine here."""

from pathlib import Path

import pytest
import yaml
from openapi_spec_validator import validate

from flows.consumers import AGENTS
from flows.direct import DirectRun
from flows.engines.errors import EngineError
from flows.engines.locate import engine
from flows.handover_spine import document_handover
from flows.progress import Silent
from tests.handover.conftest import EXAMPLES


@pytest.mark.parametrize("server", ["embedded", "installed"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parts[-3])
def test_an_example_becomes_an_api_and_a_validated_database(path: Path, server: str, tmp_path: Path) -> None:
    try:
        engine(server)
    except EngineError as error:
        pytest.skip(str(error))
    found = document_handover(str(path), server, str(tmp_path), AGENTS, "here", DirectRun(Silent()))
    folder = Path(found.folder)
    validate(yaml.safe_load((folder / "planning" / "openapi.yaml").read_text("utf-8")))
    assert found.verdict.startswith("ready")
    assert found.tests > 50 and found.failed == 0
    assert ", 0 failed," in (folder / "VALIDATION_REPORT.md").read_text("utf-8")
