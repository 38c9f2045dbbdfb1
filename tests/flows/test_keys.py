"""Keys of results: they change with code and input, with nothing else, and miss no file that a step reads."""

import ast
import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.parsing import parsed
from contracts.base import Origin
from contracts.brief import Brief
from flows import keys, ownership
from flows.keys import code_digest, code_of, inputs_digest, step_key

ROOT = ownership.ROOT
BRIEF = Brief(project="p", text="Orders", date=dt.date(2025, 7, 31))


def test_a_key_says_its_step_and_both_digests() -> None:
    key = step_key("schema-design", {"brief": BRIEF}, "c" * 32)
    step, inputs, code = key.split("/")
    assert (step, len(inputs), code) == ("schema-design", 32, "c" * 32)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": BRIEF}, {"a": BRIEF.model_copy(update={"text": "Invoices"})}),
        ({"a": BRIEF}, {"b": BRIEF}),
        ({"a": dt.date(2025, 7, 31)}, {"a": dt.date(2025, 8, 1)}),
        ({"a": dt.date(2025, 7, 31)}, {"a": "2025-07-31"}),
        ({"a": None}, {"a": "None"}),
        ({"a": 1}, {"a": "1"}),
        ({"a": (1, 2)}, {"a": (2, 1)}),
        ({"a": "embedded"}, {"a": "installed"}),
    ],
)
def test_different_inputs_have_different_digests(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert inputs_digest(one) != inputs_digest(other)


def test_equal_contracts_have_one_digest_whichever_object_they_are() -> None:
    copy = Brief.model_validate_json(BRIEF.model_dump_json())
    assert inputs_digest({"a": BRIEF, "b": 1}) == inputs_digest({"b": 1, "a": copy})


@given(st.dictionaries(st.text(min_size=1), st.one_of(st.none(), st.text(), st.integers(), st.booleans())))
def test_the_order_of_arguments_does_not_matter(inputs: dict[str, Any]) -> None:
    assert inputs_digest(inputs) == inputs_digest(dict(reversed(inputs.items())))


@pytest.mark.parametrize("value", [{1, 2}, object(), {"a": 1}, len, b"x"])
def test_a_value_without_a_stable_digest_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no stable digest"):
        inputs_digest({"a": value})


def test_digests_are_the_same_in_another_process_with_another_hash_seed() -> None:
    code = (
        "import datetime as dt; from contracts.brief import Brief; from flows.keys import code_digest, inputs_digest;"
        "print(inputs_digest({'a': Brief(project='p', text='Orders', date=dt.date(2025, 7, 31))}),"
        "code_digest('agents.verification'))"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split() == [inputs_digest({"a": BRIEF}), code_digest("agents.verification")]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small tree of first-party packages, so that files can be edited."""
    files = {
        "agents/__init__.py": "",
        "agents/maker.py": "from agents import helper\nfrom .rules import first\nimport pydantic\n",
        "agents/helper.py": "def late():\n    from contracts.thing import Thing\n    return Thing\n",
        "agents/alone.py": "import re\n",
        "agents/rules/__init__.py": "import pkgutil\n",
        "agents/rules/first.py": "",
        "agents/rules/second.py": "import yaml\n",
        "agents/rules/_deep/__init__.py": "",
        "agents/rules/_deep/third.py": "try:\n    import agents.knowledge\nfinally:\n    pass\n",
        "agents/knowledge/__init__.py": "",
        "agents/knowledge/more/a.yaml": "a: 1\n",
        "contracts/__init__.py": "",
        "contracts/thing.py": "",
        "contracts/other.py": "",
        "artifacts/__init__.py": "",
        "artifacts/text.py": "",
        "artifacts/templates/parts/a.md.j2": "x",
        "flows/__init__.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(keys, "ROOT", tmp_path)
    _forget()
    yield tmp_path
    _forget()


def _forget() -> None:
    """As in a new process."""
    for remembered in (code_digest, keys._needs, keys._data_in, keys._file_line, keys._library_line):
        remembered.cache_clear()


def _digest(module: str) -> str:
    _forget()
    return code_digest(module)


@pytest.mark.parametrize(
    ("edited", "module", "changes"),
    [
        ("agents/maker.py", "agents.maker", True),
        ("agents/helper.py", "agents.maker", True),
        ("contracts/thing.py", "agents.maker", True),
        ("contracts/__init__.py", "agents.maker", True),
        ("agents/rules/second.py", "agents.maker", True),
        ("agents/rules/_deep/third.py", "agents.maker", True),
        ("agents/knowledge/more/a.yaml", "agents.maker", True),
        ("agents/alone.py", "agents.maker", False),
        ("contracts/other.py", "agents.maker", False),
        ("artifacts/templates/parts/a.md.j2", "agents.maker", False),
        ("artifacts/templates/parts/a.md.j2", "artifacts.text", True),
        ("agents/maker.py", "agents.helper", False),
        ("agents/knowledge/more/a.yaml", "agents.alone", False),
    ],
)
def test_exactly_the_code_that_depends_on_an_edited_file_changes(
    house: Path, edited: str, module: str, changes: bool
) -> None:
    before = _digest(module)
    file = house / edited
    file.write_text(file.read_text() + "\n# edited\n")
    assert (_digest(module) != before) is changes


def test_a_new_member_of_a_discovering_package_changes_the_digest(house: Path) -> None:
    before = _digest("agents.maker")
    (house / "agents" / "rules" / "fourth.py").write_text("")
    assert _digest("agents.maker") != before


def test_another_version_of_a_library_changes_the_digest(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, alone = _digest("agents.maker"), _digest("agents.alone")
    monkeypatch.setattr(keys, "_version", lambda library: "99")
    assert _digest("agents.maker") != before
    assert _digest("agents.alone") == alone


def test_libraries_are_those_that_are_imported_anywhere_below(house: Path) -> None:
    assert code_of("agents.maker")[1] == ("pydantic", "yaml")


def test_import_statements_are_found_wherever_they_stand_and_however_they_are_written(house: Path) -> None:
    file = house / "agents" / "rules" / "written.py"
    file.write_text(
        "import os, json as j  # both (of them)\n"
        "from . import first, second\n"
        "from .. import helper\n"
        "from .first import (\n    one,  # noqa: S1 (why)\n    two as deux,\n)\n"
        "from contracts.thing import \\\n    Thing\n"
        "if True:\n    try:\n        from yaml import *\n    finally:\n        pass\n"
        "imported = 'import nothing'\n"
    )
    assert keys._imports(file) == {
        "os", "json", "agents.rules", "agents.rules.first", "agents.rules.second", "agents", "agents.helper",
        "agents.rules.first.one", "agents.rules.first.two", "contracts.thing", "contracts.thing.Thing", "yaml",
        "yaml.*",
    }  # fmt: skip


def test_no_import_of_ours_is_missed() -> None:
    """What Python's own parser finds in every file that a key may depend on."""
    for package in sorted(ownership.NAMES):
        for file in sorted((ROOT / package).rglob("*.py")):
            missed = _parsed_imports(file) - keys._imports(file)
            assert not missed, file


def _parsed_imports(file: Path) -> set[str]:
    parts = (*file.relative_to(ROOT).with_suffix("").parts,)
    found = set[str]()
    for node in ast.walk(parsed(file.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(
                [*parts[: len(parts) - node.level], *filter(None, [node.module])] if node.level else [node.module or ""]
            )
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


WATCH = """
import sys
from collections.abc import Iterator
from pathlib import Path
root, opened = Path.cwd(), set()
def hook(event, args):
    if event == "open" and isinstance(args[0], str) and args[0].startswith(str(root)):
        opened.add(args[0])
sys.addaudithook(hook)
sys.dont_write_bytecode = True
import datetime as dt, functools
from flows.direct import DirectRun
from flows.keys import code_of
from flows.progress import Silent
from flows.inputs import brief_from_file
from flows.spine import persistence_architecture
class Watching(DirectRun):
    def submit(self, step, *args, **kwargs):
        opened.clear()
        done = super().submit(step, *args, **kwargs)
        allowed = {str(f) for f in code_of(step.__module__)[0]}
        for file in sorted(opened - allowed):
            if "__pycache__" not in file and not file.startswith((sys.argv[1], sys.prefix)):
                print(step.__name__, file)
        return done
brief = brief_from_file("examples/shop/INITIAL.md", "shop", "2025-07-31")
persistence_architecture(brief, "none", sys.argv[1], Watching(Silent()))
"""


def test_no_step_reads_a_file_that_its_digest_leaves_out(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_every_module_that_a_step_can_load_is_in_its_digest() -> None:
    """What is in sys.modules after importing a step alone is what its imports, in truth, bring."""
    code = (
        "import importlib, sys; from flows.keys import code_of; known = set(sys.modules);"
        "importlib.import_module(sys.argv[1]); files = {str(f) for f in code_of(sys.argv[1])[0]};"
        "print([n for n, m in sys.modules.items() if n not in known and n.partition('.')[0] in"
        " ('agents', 'artifacts', 'contracts', 'flows') and m.__file__ not in files])"
    )
    for module in ("agents.qa_checklist", "agents.schema_design", "flows.proving", "flows.documents"):
        done = subprocess.run(
            [sys.executable, "-c", code, module], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "[]", module


def test_an_origin_is_remembered_by_identity_and_not_confused() -> None:
    made = [inputs_digest({"a": Origin(kind="stated", line=n)}) for n in range(200)]
    assert len(set(made)) == 200
