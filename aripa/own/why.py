"""Why an amount, as one parent reads it: how the month's support is made, then what was paid of it."""

from aripa.explaining import Step, steps_on
from aripa.life.living import Life
from aripa.life.state import Term
from aripa.own.standing import Standing
from portal.frame.templatetags.portal import money


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
