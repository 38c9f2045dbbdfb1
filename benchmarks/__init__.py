"""Performance beside peers or the plain-call limit, in the same run.

Programs that a benchmark starts keep compiled modules beside the sources, as Python does unless a machine forbids it:
without them every start compiles the whole product again, which no ordinary installation does.
"""

import os

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
