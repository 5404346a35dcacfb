"""Pages of the public simulators: an application describes its form, the portal reads it, shows every error and answer.

The same code as the command and the API: the form only translates. Nothing typed is kept, nor written into an address.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from portal.frame.charts import Chart
from portal.frame.figures import NO_BREAK, UsedFigure, number, used_figures
from portal.frame.questions import YES_NO, Choices, Question, cents, iso_day, iso_month, plain, typed_text, whole
from portal.frame.templatetags.portal import money
from portal.legislation import simulations
from portal.legislation.parameters import Parameters

# How the text of a field becomes a fact, by kind of question.
READERS: dict[str, Callable[[str], Any]] = {
    "amount": plain, "index": plain, "count": whole, "day": iso_day, "month": iso_month, "choice": str,
    "flag": lambda text: text == "1",
}  # fmt: skip
ROWS = "rows"


@dataclass(frozen=True)
class Ask:
    """One question: the fact it gives, how it is read, and what to write when it is wrong."""

    name: str
    label: str
    kind: str
    example: str
    unit: str = ""
    choices: Choices = ()

    @property
    def offered(self) -> Choices:
        return YES_NO if self.kind == "flag" else self.choices


@dataclass(frozen=True)
class Repeat:
    """Questions asked several times: a list of the facts. An empty row does not count."""

    key: str
    title: str
    asks: tuple[Ask, ...]
    rows: int
    rows_more: int
    rows_max: int
    more: str


@dataclass(frozen=True)
class Compared:
    """A line of an answer that compares: what, its amounts under their headings, how the names of its steps begin."""

    title: str
    amounts: list[tuple[str, str]]
    prefix: str


@dataclass(frozen=True)
class Comparison:
    """Several answers side by side, drawn and in a table, and what they take for granted."""

    headings: tuple[str, ...]
    lines: list[Compared]
    chart: Chart
    hypotheses: list[str]


@dataclass(frozen=True)
class Summary:
    """The answer in a sentence, then amount by amount."""

    sentence: str
    amounts: list[tuple[str, str]]
    comparison: Comparison | None = None


@dataclass(frozen=True)
class Shaped:
    """The facts as the simulator wants them, and the field of the page that each of its errors belongs to."""

    facts: dict[str, Any]
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """The page of one simulator."""

    kind: str
    title: str
    about: str
    groups: tuple[tuple[str, tuple[Ask, ...]], ...]
    summary: Callable[[Mapping[str, Any]], Summary]
    parameters: Callable[[], Parameters]
    words: Mapping[str, str] = field(default_factory=dict)
    repeat: Repeat | None = None
    proposed: Callable[[date], Mapping[str, str]] = lambda _today: {}
    # For a simulator whose facts are not what people know: from the answers to its facts.
    shaped: Callable[[dict[str, Any]], Shaped] = Shaped


@dataclass(frozen=True)
class Page:
    """A line of the list of simulators."""

    title: str
    about: str
    address: str
    kwargs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """What the page shows: the form, and the errors or the answer."""

    form: Form
    groups: list[tuple[str, list[Question]]]
    rows: int
    new_group: str = ""
    errors: list[dict[str, str]] = field(default_factory=list)
    summary: Summary | None = None
    refusals: list[dict[str, str]] = field(default_factory=list)
    steps: list[tuple[str, list[dict[str, str]]]] = field(default_factory=list)
    figures: list[UsedFigure] = field(default_factory=list)


_forms: dict[str, Form] = {}
_pages: list[Page] = []


def announce(page: Page) -> None:
    """Put a simulator on the list."""
    _pages.append(page)


def register(form: Form) -> None:
    """Give the simulator of `form.kind` its page, and put it on the list."""
    _forms[form.kind] = form
    announce(Page(form.title, form.about, "frame:simulator", {"kind": form.kind}))


def get(kind: str) -> Form:
    """The form of `kind`. Raises KeyError."""
    return _forms[kind]


def pages() -> list[Page]:
    return sorted(_pages, key=lambda page: page.title)


def blank(form: Form, today: date) -> Shown:
    """The form before anything is typed, with the date of the page."""
    rows = form.repeat.rows if form.repeat else 0
    proposed = {"date": f"{today:%d/%m/%Y}", "care_month": f"{today:%m/%Y}"} | dict(form.proposed(today))
    return Shown(form, _groups(form, proposed, rows, {}), rows)


def with_more_rows(form: Form, typed: Mapping[str, str]) -> Shown:
    """The same form, nothing lost, with more rows to fill in."""
    before = _rows(form, typed)
    rows = min(before + form.repeat.rows_more, form.repeat.rows_max) if form.repeat else 0
    new_group = f"{form.repeat.title} {before + 1}" if form.repeat and rows > before else ""
    return Shown(form, _groups(form, typed, rows, {}), rows, new_group)


def simulated(form: Form, typed: Mapping[str, str]) -> Shown:
    """The answer to a form, or every error at once."""
    rows = _rows(form, typed)
    facts, places = facts_typed(form, typed, rows)
    shaped = form.shaped(facts)
    answer, accepted = simulations.get(form.kind)(shaped.facts)
    if not accepted:
        errors = _errors(form, answer["errors"], places, shaped.fields)
        shown = Shown(form, _groups(form, typed, rows, errors), rows)
        labels = {one.name: f"{one.label}{_row_of(title, form)}" for title, asked in shown.groups for one in asked}
        listed = [
            {"column": name if name in labels else "", "label": labels.get(name, ""), "message": told, "remedy": ""}
            for name, told in errors.items()
        ]
        return replace(shown, errors=listed)
    summary = form.summary(answer)
    return Shown(
        form, _groups(form, typed, rows, {}), rows, summary=summary, refusals=answer["refusals"],
        steps=_chapters(answer["steps"], summary, form.words),
        figures=used_figures(answer["parameters"], form.parameters(), form.words),
    )  # fmt: skip


def _chapters(
    steps: list[dict[str, Any]], summary: Summary, words: Mapping[str, str]
) -> list[tuple[str, list[dict[str, str]]]]:
    """The steps, in one part; in a part for each line of an answer that compares."""
    lines = summary.comparison.lines if summary.comparison else [Compared("", [], "")]
    return [
        (line.title, [{"label": one["label"], "value": step_value(one, words), "article": one["article"]}
                      for one in steps if one["name"].startswith(line.prefix)])
        for line in lines
    ]  # fmt: skip


def facts_typed(form: Form, typed: Mapping[str, str], rows: int) -> tuple[dict[str, Any], list[int]]:
    """The JSON of the simulator: empty fields are left out, so that defaults and missing facts are the simulator's.

    Also the rows that count, by their place in the form.
    """
    facts = _read([one for _title, asks in form.groups for one in asks], typed, "")
    if not form.repeat:
        return facts, []
    repeat = form.repeat
    found = {place: _read(repeat.asks, typed, f"{repeat.key}-{place}-") for place in range(rows)}
    flags = {one.name for one in repeat.asks if one.kind == "flag"}
    kept = [place for place, row in found.items() if row.keys() - flags]
    return facts | {repeat.key: [found[place] for place in kept]}, kept


def _read(asks: Any, typed: Mapping[str, str], prefix: str) -> dict[str, Any]:
    texts = {one.name: typed_text(typed.get(prefix + one.name, "")) for one in asks}
    return {one.name: READERS[one.kind](texts[one.name]) for one in asks if texts[one.name]}


def _rows(form: Form, typed: Mapping[str, str]) -> int:
    """How many rows the form had when it was sent."""
    if not form.repeat:
        return 0
    text = typed.get(ROWS, "")
    asked = int(text) if re.fullmatch(r"\d{1,3}", text, re.ASCII) else form.repeat.rows
    return max(1, min(asked, form.repeat.rows_max))


def _errors(form: Form, errors: list[dict[str, str]], places: list[int], fields: Mapping[str, str]) -> dict[str, str]:
    """What to write, by field: the form's own words for a value, the simulator's for what does not go together."""
    examples = {one.name: one.example for _title, asks in form.groups for one in asks}
    if form.repeat:
        examples |= {one.name: one.example for one in form.repeat.asks}
        examples[form.repeat.key] = form.repeat.asks[0].example
    found: dict[str, str] = {}
    for error in errors:
        at = fields.get(error["key"]) or _field_of(error["key"], form, places)
        fact = at if at in examples else error["key"].rpartition(".")[2]
        own_words = error["code"] in ("bad_value", "required") and fact in examples
        told = examples[fact] if own_words else f"{error['message']} {error['remedy']}"
        found.setdefault(at, told)
    return found


def _field_of(key: str, form: Form, places: list[int]) -> str:
    """``children[0].birth_date`` is the field ``children-0-birth_date``, at the place of the row that was kept."""
    if form.repeat and key == form.repeat.key:
        return f"{key}-0-{form.repeat.asks[0].name}"
    inner = re.fullmatch(r"(\w+)\[(\d+)\]\.(\w+)", key)
    return f"{inner[1]}-{places[int(inner[2])]}-{inner[3]}" if inner and form.repeat else key.rpartition(".")[2]


def _groups(
    form: Form, typed: Mapping[str, str], rows: int, errors: Mapping[str, str]
) -> list[tuple[str, list[Question]]]:
    def asked(asks: tuple[Ask, ...], prefix: str = "") -> list[Question]:
        return [
            Question(prefix + one.name, one.label, typed_text(typed.get(prefix + one.name, "")), one.unit, one.offered,
                     errors.get(prefix + one.name, ""))
            for one in asks
        ]  # fmt: skip

    groups = [(title, asked(asks)) for title, asks in form.groups]
    if form.repeat:
        groups += [
            (f"{form.repeat.title} {place + 1}", asked(form.repeat.asks, f"{form.repeat.key}-{place}-"))
            for place in range(rows)
        ]
    return groups


def _row_of(title: str, form: Form) -> str:
    """Which row a question is of, in the list of errors."""
    return f" ({title.lower()})" if form.repeat and title.startswith(form.repeat.title) else ""


def step_value(step: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """The value of a step as people read it; `words` say what codes mean."""
    value, unit = step["value"], step["unit"]
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if unit == "EUR":
        return _euros(value)
    if unit == "ratio":
        return f"{number(int(value.replace('.', '')), len(value.partition('.')[2]) - 2)}{NO_BREAK}%"
    return words.get(value, value) if unit == "text" else number(value)


def _euros(text: str) -> str:
    """Cents as every page shows them; finer amounts with the decimals they have."""
    decimals = len(text.partition(".")[2])
    if decimals <= 2:
        return money(cents(text))
    return f"{number(int(text.replace('.', '')), decimals, 2)}{NO_BREAK}€"
