"""How the support of a month is made: what the title says of each child, and its indexation. Amounts in cents."""

from dataclasses import dataclass
from datetime import date

from aripa.life.facts import ChildLine, Title
from aripa.life.living import Life
from aripa.life.terms import amount_of, due_lines, indices, last_anniversary
from portal.frame.templatetags.portal import money, short_day

INDEXATION = "CSS R. 582-7"


@dataclass(frozen=True)
class Step:
    """One line of a calculation, as a calculator finds it again."""

    label: str
    value: str
    article: str
    unit: str = ""

    def as_fact(self) -> dict[str, str]:
        return {"label": self.label, "value": self.value, "unit": self.unit, "article": self.article}


def hundredths(value: int) -> str:
    """An index as it is published: ``102,67``."""
    return f"{value // 100},{value % 100:02d}"


def steps_of_line(life: Life, title: Title, line: ChildLine, name: str) -> list[Step]:
    """From the amount of the title to that of the day, for one child."""
    of = f" pour {name}" if name else ""
    steps = [Step(f"Montant du titre{of}", money(line.cash), "C. civ. 371-2")]
    on = last_anniversary(title, life.day)
    found = indices(title, on, life) if on else None
    if on is None or found is None:
        return steps
    base, new = found
    amount = amount_of(life, title, line)[0]
    steps += [
        Step(f"Indice des prix du titre, {base.month:%m/%Y} (base {base.base})", hundredths(base.value), INDEXATION),
        Step(f"Indice des prix au {short_day(on)}, {new.month:%m/%Y}", hundredths(new.value), INDEXATION),
        Step(f"{money(line.cash)} × {hundredths(new.value)} ÷ {hundredths(base.value)}{of}", money(amount), INDEXATION),
    ]
    return steps


def steps_on(life: Life, names: dict[str, str], month: date) -> list[Step]:
    """How the support of a month is made, child by child, then its total."""
    title, lines = life.title(), due_lines(life, month)
    due = {line.child for line in lines}
    steps = [
        step
        for line in title.lines
        if line.child in due
        for step in steps_of_line(life, title, line, names.get(line.child, ""))
    ]
    if len(lines) > 1:
        steps.append(Step("Pension du mois, tous les enfants", money(sum(line.due for line in lines)), "C. civ. 371-2"))
    return steps
