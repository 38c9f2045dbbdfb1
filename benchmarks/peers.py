"""The twelve steps by other orchestrators that keep finished steps: `python -m benchmarks.peers [--runs 7]`.

None of them is a dependency: `pip install sf-hamilton dbos langgraph langgraph-checkpoint-sqlite`, into a copy of this
repository's environment; one that is not installed is left out. Each keeps its results on disk, runs warm in this
process, in turn with the same steps by plain calls, and is run again after step eight has failed.
"""

import argparse
import contextlib
import functools
import importlib
import importlib.util
import logging
import sqlite3
import statistics
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

from benchmarks import twelve
from benchmarks.spine import ROOT, figure, machine
from benchmarks.timed import computed
from contracts.requirements import Requirements
from flows.direct import DirectRun
from flows.progress import Silent

MODULE = "graph_of_twelve"
Runner = Callable[[Requirements, int, str], None]
"""Runs the graph on a contract, so many readings a step, under a name that a second call takes up again."""


def main() -> None:
    """Prints, for each peer that is installed, times the plain calls, and what is run again."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description="The twelve steps by peers.")
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="runs of each figure; default: 7")
    arguments = parser.parse_args()
    logging.disable()  # each tells at length of the failure that is made here
    print(machine(), flush=True)
    found = twelve.shop(ROOT)
    graphs = (("small", twelve.small(found), twelve.WORKED), ("shop", found, 1))
    for name, module, peer in PEERS:
        if not importlib.util.find_spec(module):
            print(f"\n{name}: not installed")
            continue
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, peer(Path(folder)) as run:
            for said, contract, readings in graphs:
                _measured(name, said, run, contract, readings, arguments.runs)
            _again(run, found)


def _measured(name: str, said: str, run: Runner, found: Requirements, readings: int, runs: int) -> None:
    print(f"\n{name}, contracts of {len(found.model_dump_json()) // 1024} KB, {readings} readings a step")
    run(found, readings, f"{said}-first")
    pairs = [
        (computed(run, found, readings, f"{said}-{n}"), computed(twelve.graph, found, readings, DirectRun(Silent())))
        for n in range(runs)
    ]
    figure("as a graph, nothing stored before", [wall for (wall, _), _ in pairs])
    figure("as plain calls", [wall for _, (wall, _) in pairs])
    for place, meaning in enumerate(("times the plain calls", "the same in processor seconds")):
        times = statistics.median(peer[place] / plain[place] for peer, plain in pairs)
        print(f"  {meaning:<58}{times:8.2f}")


def _again(run: Runner, found: Requirements) -> None:
    twelve.FAILING.add("eight")
    with contextlib.suppress(Exception):  # each wraps the step's own
        run(found, 1, "failed")
    twelve.FAILING.clear()
    twelve.EXECUTED.clear()
    run(found, 1, "failed")
    ran = twelve.EXECUTED
    print(f"  {'finished steps run again after a failure in step 8':<58}{len(set(ran) & twelve.FINISHED):8d}")
    assert "twelve" in ran, "the graph was not taken up again"


@contextlib.contextmanager
def _hamilton(folder: Path) -> Iterator[Runner]:
    """A driver with its cache on disk; contracts count by their JSON, as they do with us."""
    from hamilton import driver
    from hamilton.caching import fingerprinting

    @fingerprinting.hash_value.register(Requirements)
    def hashed(found: Requirements, *args: Any, **kwargs: Any) -> str:
        return fingerprinting.hash_bytes(found.model_dump_json().encode())

    lines = ["from benchmarks import twelve as steps", "from contracts.requirements import Requirements"]
    (folder / f"{MODULE}.py").write_text("\n".join([*lines, *(_as_node(*step) for step in twelve.STEPS.items())]))
    sys.path.insert(0, str(folder))
    module = importlib.import_module(MODULE)

    def run(found: Requirements, readings: int, name: str) -> None:
        built = driver.Builder().with_modules(module).with_cache(path=folder / name, default_behavior="default").build()
        built.execute(["twelve"], inputs={"found": found, "readings": readings})

    yield run


def _as_node(name: str, step: tuple[Callable[..., Requirements], tuple[str, ...]]) -> str:
    """A step as Hamilton reads graphs: from the source of a module, by the names of parameters."""
    needs = step[1]
    given = ", ".join(f"{need}: Requirements" for need in needs)
    call = f"steps.{name}({', '.join(needs)}, readings)"
    return f"def {name}({given}, readings: int) -> Requirements:\n    return {call}\n"


@contextlib.contextmanager
def _dbos(folder: Path) -> Iterator[Runner]:
    """A workflow whose steps are recorded in SQLite."""
    from dbos import DBOS, SetWorkflowID

    DBOS(config={"name": "twelve", "system_database_url": f"sqlite:///{folder}/dbos.sqlite", "log_level": "CRITICAL"})
    steps = {name: DBOS.step(name=name)(step) for name, (step, _) in twelve.STEPS.items()}

    @DBOS.workflow(name="graph")
    def workflow(found: Requirements, readings: int) -> None:
        values: dict[str, Any] = {"found": found}
        for name, (_, needs) in twelve.STEPS.items():
            values[name] = steps[name](*(values[need] for need in needs), readings)

    DBOS.launch()

    def run(found: Requirements, readings: int, name: str) -> None:
        known = DBOS.get_workflow_status(name)
        if known and known.status == "ERROR":
            DBOS.fork_workflow(name, 8).get_result()
            return
        with SetWorkflowID(name):
            workflow(found, readings)

    try:
        yield run
    finally:
        DBOS.destroy()


@contextlib.contextmanager
def _langgraph(folder: Path) -> Iterator[Runner]:
    """A state graph with checkpoints in SQLite; each node adds its contract to the state."""
    from langgraph.checkpoint.sqlite import SqliteSaver
    from langgraph.graph import END, START, StateGraph

    def joined(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        return {**old, **new}

    state = types.new_class(
        "State", (dict,), exec_body=lambda body: body.update(
            __annotations__={"values": Annotated[dict[str, Any], joined], "readings": int})
    )  # fmt: skip

    def node(name: str, known: dict[str, Any]) -> dict[str, Any]:
        step, needs = twelve.STEPS[name]
        return {"values": {name: step(*(known["values"][need] for need in needs), known["readings"])}}

    graph = StateGraph(state)
    for name, (_, needs) in twelve.STEPS.items():
        graph.add_node(name, functools.partial(node, name))
        direct = [need for need in needs if name != "twelve" or need != "one"]  # comes with the state
        graph.add_edge(START if direct == ["found"] else direct if len(direct) > 1 else direct[0], name)
    graph.add_edge("twelve", END)
    connection = sqlite3.connect(folder / "checkpoints.sqlite", check_same_thread=False)
    compiled = graph.compile(checkpointer=SqliteSaver(connection))

    def run(found: Requirements, readings: int, name: str) -> None:
        config: Any = {"configurable": {"thread_id": name}}
        going = compiled.get_state(config).next
        compiled.invoke(None if going else {"values": {"found": found}, "readings": readings}, config)

    with contextlib.closing(connection):
        yield run


PEERS = (("Hamilton", "hamilton", _hamilton), ("DBOS", "dbos", _dbos), ("LangGraph", "langgraph", _langgraph))
"""What people call it, the module that says whether it is here, and how it is used."""


if __name__ == "__main__":
    main()
