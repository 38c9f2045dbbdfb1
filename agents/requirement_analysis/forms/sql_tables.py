"""Constraints of a table: keys, uniques, foreign keys, and checks as rules that can be kept."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from agents.changing import changed
from agents.naming import identifier
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.forms.sql_columns import cascades, name_in
from agents.requirement_analysis.forms.things import Forms, Operator, StatedLink, StatedRule, Thing

_TURNED: dict[Operator, Operator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_COMPARED: dict[type[exp.Expr], Operator] = {
    exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=", exp.EQ: "=", exp.NEQ: "<>",
}  # fmt: skip


def add_constraint(part: exp.Expr, thing: Thing, sentence: Sentence, forms: Forms) -> bool:
    """Take over a table constraint; False where its kind is not known."""
    forms.uses.append((sentence, thing.label))
    match part:
        case exp.Constraint():
            if any(isinstance(p, exp.PrimaryKeyColumnConstraint) for p in part.expressions):
                thing.key += _names(part)[1:] if part.this else _names(part)
                return True
            read = [add_constraint(p, thing, sentence, forms) for p in part.expressions]
            return all(read)
        case exp.PrimaryKey():
            thing.key += _names(part)
        case exp.UniqueColumnConstraint():
            columns = part.this.expressions if isinstance(part.this, exp.Schema) else []
            thing.uniques.append((tuple(c.name for c in columns), sentence))
        case exp.ForeignKey():
            _foreign_key(part, thing, sentence, forms)
        case exp.CheckColumnConstraint():
            rules_of(part.this, thing, sentence, forms)
        case _:
            return False
    return True


def _names(part: exp.Expr) -> list[str]:
    """Column names in order; identifiers of index options are none."""
    return [str(i.name) for i in part.find_all(exp.Identifier, bfs=False)]


def _foreign_key(part: exp.ForeignKey, thing: Thing, sentence: Sentence, forms: Forms) -> None:
    """One column becomes a reference; several together are the parent's composite key, one link instead of columns."""
    reference = part.args.get("reference")
    table = reference.find(exp.Table) if reference is not None else None
    if table is None or reference is None:
        return
    columns, target = [str(e.name) for e in part.expressions], name_in(table)
    owned = cascades(reference) or cascades(part) or str(part.args.get("delete") or "").upper() == "CASCADE"
    if len(columns) == 1:
        thing.change(columns[0], references=target, owned=owned)
        return
    wanted = {identifier(c) for c in columns}
    own = [c for c in thing.columns if c.attribute.name in wanted and not c.attribute.references]
    forms.uses += [(c.sentence, thing.label) for c in own]
    thing.columns = [c for c in thing.columns if c not in own]
    gone = {c.attribute.name for c in own}
    if any(identifier(k) in gone for k in thing.key):
        thing.key = [target, *(k for k in thing.key if identifier(k) not in gone)]
    optional = bool(own) and all(c.attribute.optional for c in own)
    forms.links.append(StatedLink(target, thing.label, "one_to_many", sentence, None, optional, owned))


def rules_of(check: exp.Expr, thing: Thing, sentence: Sentence, forms: Forms) -> None:
    """The rules of a CHECK; a condition that no kind of rule holds stays a rule in words."""
    for condition in _all(check):
        rule = _rule(condition, thing, sentence)
        if rule is None:
            text = condition.sql()
            names = tuple(dict.fromkeys(c.name for c in condition.find_all(exp.Column)))
            rule = StatedRule(thing.label, "prose", names, sentence, text)
        elif rule.kind == "range":
            _bound(rule, thing)
        elif rule.kind == "allowed":
            thing.change(rule.columns[0], allowed=rule.values)
        if not (rule.kind == "range" and rule.minimum is None and rule.maximum is None):
            forms.rules.append(rule)


def _all(check: exp.Expr) -> Iterator[exp.Expr]:
    """The conditions that are joined by AND; `x IS NULL OR …` asks nothing that a CHECK would not let pass anyway."""
    bare = _bare(check)
    if isinstance(bare, exp.And):
        yield from _all(bare.this)
        yield from _all(bare.expression)
    elif isinstance(bare, exp.Or) and isinstance(_bare(bare.this), exp.Is):
        yield from _all(bare.expression)
    else:
        yield bare


def _bare(part: exp.Expr) -> exp.Expr:
    while isinstance(part, (exp.Paren, exp.Cast)):
        part = part.this
    return part


def _rule(condition: exp.Expr, thing: Thing, sentence: Sentence) -> StatedRule | None:
    """The typed rule of one condition."""
    left = _bare(condition.this) if isinstance(condition.this, exp.Expr) else None
    base = StatedRule(
        thing.label, "range", (left.name,) if isinstance(left, exp.Column) else (), sentence, condition.sql()
    )
    if isinstance(condition, exp.Between) and isinstance(left, exp.Column):
        low, high = _number(condition.args["low"]), _number(condition.args["high"])
        return changed(base, minimum=low, maximum=high) if low is not None and high is not None else None
    if isinstance(condition, exp.In) and isinstance(left, exp.Column):
        return _listed(base, condition.expressions)
    operator = _COMPARED.get(type(condition))
    if operator is None or not isinstance(condition, exp.Binary):
        return None
    return _compared(base, operator, left, _bare(condition.expression), thing)


def _compared(
    base: StatedRule, operator: Operator, left: exp.Expr | None, right: exp.Expr, thing: Thing
) -> StatedRule | None:
    """`a > 0`, `0 < a`, `a > b`, `a = ANY (ARRAY[…])`, `length(a) <= 40`."""
    if isinstance(left, exp.Column) and isinstance(right, exp.Column):
        return changed(base, kind="comparison", columns=(left.name, right.name), operator=operator)
    if isinstance(left, exp.Column) and isinstance(right, exp.Any) and operator == "=":
        array = right.find(exp.Array)
        return _listed(base, array.expressions) if array is not None else None
    if isinstance(right, exp.Column) and left is not None and (number := _number(left)) is not None:
        return _limit(changed(base, columns=(right.name,)), _TURNED[operator], number, thing)
    if isinstance(left, exp.Column) and (number := _number(right)) is not None:
        return _limit(base, operator, number, thing)
    if isinstance(left, exp.Length) and operator in ("<", "<=") and (number := _number(right)) is not None:
        column = left.find(exp.Column)
        length = int(number) - (operator == "<")
        if column is not None and length > 0 and thing.change(column.name, length=length):
            return base
    return None


def _limit(base: StatedRule, operator: Operator, number: Decimal, thing: Thing) -> StatedRule | None:
    """A bound; `below` is known exactly for whole numbers only, because upper bounds are inclusive."""
    if operator in (">", ">="):
        return changed(base, minimum=number, exclusive_minimum=operator == ">")
    if operator == "<=":
        return changed(base, maximum=number)
    wanted = identifier(base.columns[0])
    whole = any(c.attribute.name == wanted and c.attribute.type == "integer" for c in thing.columns)
    return changed(base, maximum=number - 1) if operator == "<" and whole and number == int(number) else None


def _listed(base: StatedRule, values: list[exp.Expr]) -> StatedRule | None:
    """A list of texts, or of whole numbers without a gap, which is a range."""
    bare = [_bare(v) for v in values]
    whole = sorted(
        int(v.this) for v in bare if isinstance(v, exp.Literal) and str(v.this).isdigit() and not v.is_string
    )
    if len(whole) == len(bare) > 1 and whole == list(range(whole[0], whole[0] + len(whole))):
        return changed(base, minimum=Decimal(whole[0]), maximum=Decimal(whole[-1]))
    if not bare or not all(isinstance(v, exp.Literal) and v.is_string for v in bare):
        return None
    return changed(base, kind="allowed", values=tuple(dict.fromkeys(str(v.this) for v in bare)))


def _bound(rule: StatedRule, thing: Thing) -> None:
    """The column's own bounds."""
    if rule.minimum is not None:
        thing.change(rule.columns[0], minimum=rule.minimum, exclusive_minimum=rule.exclusive_minimum)
    if rule.maximum is not None:
        thing.change(rule.columns[0], maximum=rule.maximum)


def _number(part: exp.Expr) -> Decimal | None:
    """A numeric literal with its sign."""
    bare, sign = _bare(part), 1
    if isinstance(bare, exp.Neg):
        bare, sign = _bare(bare.this), -1
    if not isinstance(bare, exp.Literal) or bare.is_string:
        return None
    try:
        return sign * Decimal(str(bare.this))
    except InvalidOperation:
        return None


def read_comment(tree: exp.Comment, forms: Forms) -> bool:
    """`COMMENT ON TABLE` and `COMMENT ON COLUMN`."""
    target, text = tree.this, tree.expression
    if isinstance(target, exp.Column):
        thing = forms.named(name_in(exp.Table(this=target.args.get("table"))))
        return thing is not None and thing.change(target.name, description=str(text.name))
    return isinstance(target, exp.Table) and forms.named(name_in(target)) is not None
