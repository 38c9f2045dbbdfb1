"""OpenAPI paths and GraphQL schemas: what they store, and how it is read."""

from contracts.requirements import Requirements
from tests.agents.forms.reading import analysed, columns, links, names, types, unread

OPENAPI = """# Gizmos

```yaml
openapi: 3.1.0
info: {title: Gizmos}
paths:
  /gizmos:
    get:
      summary: the gizmos of a shelf
      parameters:
        - {name: shelf, in: query, schema: {type: string}}
        - name: colour
          in: query
          schema: {type: string, enum: [red, blue]}
        - {name: sort, in: query, schema: {type: string, default: "-madeOn"}}
        - {name: limit, in: query, schema: {type: integer, default: 50}}
    post:
      summary: adds one
  /gizmos/{serial}:
    get: {summary: one gizmo}
components:
  schemas:
    Gizmo:
      type: object
      required: [serial]
      properties:
        serial: {type: string, maxLength: 9}
        colour: {type: string, enum: [red, blue]}
        madeOn: {type: string, format: date}
        shelf: {$ref: '#/components/schemas/Shelf'}
    Shelf:
      type: object
      properties: {label: {type: string}}
```
"""
GRAPHQL = '''# Gizmos

```graphql
"""The things"""
type Gizmo implements Node {
  id: ID!
  serial: String! @unique  # on its back
  colour: Colour!
  madeOn: Date
  shelf: Shelf!
  tags: [String!]
}
enum Colour { RED BLUE }
type Shelf { id: ID!, label: String!, gizmos: [Gizmo!]! }
type GizmoConnection { nodes: [Gizmo!]!, pageInfo: PageInfo! }
input NewGizmo { serial: String! }
type Query {
  gizmos(
    shelf: ID!,
    colour: Colour
    first: Int = 25
  ): GizmoConnection!
  gizmo(serial: String!): Gizmo
}
type Mutation { addGizmo(input: NewGizmo!): Gizmo! }
```
'''


def read(found: Requirements) -> list[tuple[str, list[str], list[tuple[str, bool]], int | None]]:
    """(kind, filters, order, page size) of each stated way of reading gizmos."""
    return [
        (p.kind, [f.attribute for f in p.filters], [(s.attribute, s.descending) for s in p.sort], p.page_size)
        for p in found.access_patterns
        if p.origin.kind == "stated" and p.kind != "write"
    ]


def test_the_paths_of_an_interface_are_ways_of_reading() -> None:
    found = analysed(OPENAPI)
    assert names(found) == ["gizmo", "shelf"]
    assert read(found) == [
        ("list", ["shelf", "colour"], [("made_on", True)], 50),
        ("lookup", ["serial"], [], None),
    ]
    assert [p.entity for p in found.access_patterns if p.kind == "write" and p.origin.kind == "stated"] == ["gizmo"]
    assert unread(found) == {}


def test_graphql_types_values_and_queries() -> None:
    found = analysed(GRAPHQL)
    assert names(found) == ["gizmo", "shelf"]
    assert types(found, "gizmo") == {
        "serial": "string",
        "colour": "string",
        "made_on": "date?",
        "shelf": "identifier",
        "tags": "json?",
    }
    gizmo = columns(found, "gizmo")
    assert (gizmo["serial"].unique, gizmo["colour"].allowed) == (True, ("RED", "BLUE"))
    assert links(found) == {("shelf", "gizmo", "one_to_many", None, False)}
    assert read(found) == [("list", ["shelf", "colour"], [], 25), ("lookup", ["serial"], [], None)]
    assert unread(found) == {}


def test_what_is_no_graphql_is_told() -> None:
    found = analysed("The gizmos\n\n```graphql\ntype Gizmo {\n  serial: String!\n  what is this\n}\nnonsense\n```\n")
    assert list(unread(found)) == [6, 8]


def test_an_interface_below_no_heading() -> None:
    assert len(read(analysed(OPENAPI.removeprefix("# Gizmos\n")))) == len(read(analysed(OPENAPI)))
