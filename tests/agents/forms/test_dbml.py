"""DBML: every element, and lines that are none."""

from tests.agents.forms.reading import analysed, columns, entity, links, names, rules, unread

TICKETS = """# Desk

```dbml
Project desk { database_type: 'PostgreSQL' }
Enum "ticket state" { open
  closed [note: 'done'] }
Table core.users as U [headercolor: #333] {
  id int [pk, increment]
  email varchar(255) [unique, not null]
  nick varchar // may be missing
  Note: 'people'
}
Table tickets {
  id int [pk]
  state "ticket state" [not null, default: 'open']
  reporter_id int [not null, ref: > U.id]
  parent_id int [ref: > tickets.id]
  title varchar(100) [not null, note: 'short, please']
  created timestamp [default: `now()`]
  indexes {
    (reporter_id, title) [unique]
    state [name: 'ix']
  }
}
Table labels { id int [pk]
  name varchar [unique] }
Table ticket_labels {
  ticket_id int [pk]
  label_id int [pk]
}
Table seats { id int [pk]
  user_id int }
Ref: ticket_labels.ticket_id > tickets.id [delete: cascade]
Ref taken { ticket_labels.label_id > labels.id }
Ref: seats.user_id - U.id
this is nonsense
```
"""


def test_everything_of_a_project() -> None:
    found = analysed(TICKETS)
    assert names(found) == ["user", "ticket", "label", "seat"]
    ticket = columns(found, "ticket")
    assert (ticket["state"].allowed, ticket["state"].default) == (("open", "closed"), "open")
    assert (ticket["title"].optional, ticket["title"].length, ticket["created"].optional) == (False, 100, True)
    assert columns(found, "user")["nick"].optional
    assert columns(found, "label")["name"].unique
    assert rules(found, "unique")[0].attributes == ("reporter_id", "title")
    assert links(found) == {
        ("user", "ticket", "one_to_many", "reporter", False),
        ("ticket", "ticket", "one_to_many", "parent", True),
        ("ticket", "label", "many_to_many", None, False),
        ("user", "seat", "one_to_one", None, False),
    }
    assert entity(found, "ticket").origin.line == 13


def test_a_line_that_is_no_dbml_is_reported_alone() -> None:
    assert unread(analysed(TICKETS)) == {36: "no line of a DBML text"}
