"""Why an amount: what the title says of each child, its indexation, what was received of it. Amounts in cents."""

from dataclasses import dataclass
from datetime import date

from aripa.life.facts import ChildLine, Title
from aripa.life.living import Life
from aripa.life.state import Term
from aripa.life.terms import amount_of, due_lines, indices, last_anniversary
from aripa.own.standing import Standing
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
    found = indices(title, on, life.book.prices) if on else None
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


def steps_of_term(found: Standing, term: Term) -> list[Step]:
    """The same for a term as it was called, then what was received of it."""
    then = Life(found.case, found.life.book, min(term.due_on, found.lived), found.life.out)
    steps = [] if term.arrears else steps_on(then, found.names, term.month)
    steps.append(Step("Pension appelée pour ce mois", money(term.due), "CSS L. 582-1"))
    received = sum(line.creditor for line in term.lines)
    if term.debit and term.debit.returned:
        steps.append(Step("Prélèvement refusé par la banque", money(term.debit.amount), "CSS R. 582-6"))
    steps.append(Step("Payé au titre de ce mois", money(term.due - term.lacking), "CSS R. 582-7"))
    if found.is_creditor and received != term.due - term.lacking:
        steps.append(Step("Dont rendu à l’aide (ASF) qui l’avait avancé", money(term.due - term.lacking - received),
                          "CSS L. 581-2"))  # fmt: skip
    steps.append(Step("Reste à payer pour ce mois", money(term.lacking), "CSS L. 582-1"))
    return steps
