"""One direct run of the shop in a process of its own: `python -m benchmarks.once none`.

Prints as JSON the seconds of the imports and of the run, and the seconds of the run that this process computed.
Nothing of the application is imported before the clock runs.
"""

import argparse
import contextlib
import importlib
import io
import json
import sys
import tempfile
import time
from pathlib import Path

SHOP = Path(__file__).parent.parent / "examples" / "shop" / "INITIAL.md"
DATE = "2026-11-01"


def designed_shop(engine: str, output: str, direct: bool) -> None:
    """The command `design` for the shop, without its lines of progress."""
    from flows.designing import designed

    given = {"brief": str(SHOP), "project": "shop", "output": output, "engine": engine, "date": DATE}
    with contextlib.redirect_stderr(io.StringIO()):
        designed(argparse.Namespace(**given, memory_gb=0, cores=0, database="", direct=direct, review=False))


def main() -> None:
    """Imports what a direct run needs, then designs the shop; both timed."""
    begun = time.perf_counter()
    for module in ("flows.designing", "flows.direct", "flows.spine"):
        importlib.import_module(module)
    imported, computed = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory(prefix="bench-") as output:
        designed_shop(sys.argv[1], output, direct=True)
    ran, computing = time.perf_counter() - imported, time.process_time() - computed
    print(json.dumps([imported - begun, ran, computing]))


if __name__ == "__main__":
    main()
