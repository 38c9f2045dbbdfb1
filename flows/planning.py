"""The whole chain as one Prefect flow: brief, architect, API and deployment side by side, validation.

Each stage is a flow of its own, so the UI links them, and each can be triggered alone. Loaded as
`flows.planning.application_planning`. No `from __future__ import annotations`: Prefect builds the form from them.
"""

from contracts.handover import DocumentHandover
from flows import form
from flows.architect import architect
from flows.handover import handover
from flows.offered import offered


@offered("application-planning", "plan", ("project", "brief"))
def application_planning(
    brief: form.Brief = "examples/shop/INITIAL.md",
    text: form.Text = "",
    project: form.Project = "",
    engine: form.Engine = "embedded",
    memory_gb: form.Gigabytes = 0,
    cores: form.Cores = 0,
    database: form.Database = "brief",
    output: form.Folder = "applications",
    date: form.Date = "",
    packages: form.Packages = "own",
) -> DocumentHandover:
    """From an application's brief to its persistence architecture, API, deployment and validated database."""
    designed = architect(
        brief=brief,
        text=text,
        project=project,
        engine=engine,
        memory_gb=memory_gb,
        cores=cores,
        database=database,
        output=output,
        date=date,
    )
    return handover(document=designed.document, engine=engine, output=output, packages=packages)
