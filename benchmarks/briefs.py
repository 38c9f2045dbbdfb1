"""Briefs of any size in the planner's form, so that one sees how the spine's time grows with the number of entities."""

_FIRST = (
    "Harbour Cargo Timber Copper Marble Cotton Winter Summer River Mountain Forest Desert Island Garden Silver Golden "
    "Eastern Western Northern Southern Upper Lower Inner Outer Grand Minor Coastal Alpine Rural Urban Polar Royal"
).split()
_SECOND = (
    "Crane Vessel Berth Pallet Wagon Tunnel Bridge Canal Turbine Boiler Valve Pump Filter Sensor Beacon Anchor "
    "Barrel Basket Ladder Hammer Shovel Lantern Mirror Carpet Blanket Pillow Cabinet Drawer Window Chimney Fountain "
    "Gate"
).split()
MOST = len(_FIRST) * len(_SECOND)


def grown_brief(entities: int) -> str:
    """A brief with this many entities (at most `MOST`): five attributes each and a relationship to its predecessor.

    Each tenth entity starts a new chain, as modules of an application do; otherwise a thousand entities would be
    one chain a thousand levels deep, which no application is.
    """
    if not 0 < entities <= MOST:
        raise ValueError(f"{entities} entities: the words of this file make 1 to {MOST} names")
    names = [f"{first} {second}" for second in _SECOND for first in _FIRST][:entities]
    lists = "\n\n".join(_attribute_list(name) for name in names)
    links = "\n".join(f"- {names[_parent(n)]} → {names[n]} (one-to-many)" for n in range(1, entities))
    return (
        "# Depot - Data Application Requirements\n\n## Functional Requirements\n\n### Core Entities\n\n"
        f"**Primary Entities**: {', '.join(names)}\n\n{lists}\n\n**Entity Relationships**:\n{links}\n\n"
        "## Technology Stack Selection\n\n- **Primary Database**: PostgreSQL\n"
    )


def _parent(number: int) -> int:
    return number - 1 if number % 10 else number - 10


def _attribute_list(name: str) -> str:
    return (
        f"**{name}**:\n- code: string, unique\n- name: string\n- description: text, optional\n"
        "- quantity: integer, at least 0\n- inspected on: date, optional"
    )
