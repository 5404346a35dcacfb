"""ASF told to the creditor: what is decided for a month (L21), what a control of the debtor found (L22)."""

from datetime import date

from aripa.asf_sentences import ARTICLES, MINIMUM
from aripa.letters.told import Facts, Told
from aripa.life.asf import continues_without_title, is_alone, is_of_age
from aripa.life.state import AsfMonth
from aripa.life.terms import previous_month
from portal.frame.templatetags.portal import money

ADVANCE = "La pension n’est pas payée, ou pas entière : l’aide est avancée, et réclamée au parent qui paie."
NATURES = {
    "ADVANCE": ADVANCE, "PARTIAL_ADVANCE": ADVANCE,
    "TOP_UP": "La pension est payée, mais plus petite que l’aide : un complément est versé une fois par trimestre.",
    "NON_RECOVERABLE": "L’aide vous est acquise : elle n’est réclamée à personne.",
}  # fmt: skip
COUPLE = "une vie en couple nous a été signalée (article R. 523-5)"
DEATH = "un décès nous a été signalé"
AGE = "l’enfant atteint l’âge limite (article R. 512-2)"
FOUR_MONTHS = (
    "les quatre versements possibles sans pension fixée sont faits ; l’aide reprend si vous saisissez le juge et nous le dites "
    "(article R. 523-3)"
)
PAID = "la pension de ce mois a été payée, et elle n’est pas plus petite que l’aide"
RECENT = "la pension manque depuis moins d’un mois ; l’aide est revue le mois prochain (article R. 523-1)"
NO_TERM = "aucune pension n’est appelée pour ce mois"


def l21(told: Told) -> Facts:
    """The amounts of the month and their calculation, child by child; whose right stops, and why."""
    case, month = told.life.case, told.letter.month or told.day
    rows = [one for one in case.asf if one.month == month]
    had = {one.child: one for one in case.asf if one.month == previous_month(month)}
    gone = [one for child, one in sorted(had.items()) if child not in {row.child for row in rows}]
    return {
        "amount_cents": sum(one.counted for one in rows),
        "nature": " ".join(dict.fromkeys(NATURES[one.kind] for one in rows)),
        "lines": [{"child": told.name(one.child), "cents": one.counted} for one in rows],
        "below": any(one.amount and not one.counted for one in rows), "minimum": MINIMUM.strip(),
        "ended": [{"child": told.name(one.child), "why": _why_none(told, one, month)} for one in gone],
        "steps": [step for one in rows for step in _steps(told, one)],
    }  # fmt: skip


def _steps(told: Told, one: AsfMonth) -> list[dict[str, str]]:
    """From the amount of the law to that of the month, for one child."""
    of, article = f" pour {told.name(one.child)}", ARTICLES[one.kind]
    steps = [(f"ASF d’un mois{of}", one.net, "CSS D. 523-1")]
    if one.due:
        steps += [(f"Pension due{of}", one.due, "CSS L. 523-1"), (f"Pension reçue{of}", one.received, "CSS L. 523-1")]
    steps.append((f"Aide du mois{of}", one.amount, article))
    if one.recoverable:
        steps.append(("dont réclamé au parent qui paie", one.recoverable, "CSS L. 581-2"))
    if one.surplus:
        steps.append(("dont acquis, quoi qu’il paie", one.surplus, "CSS L. 581-2"))
    return [
        {"label": label, "value": money(cents), "unit": "", "article": article} for label, cents, article in steps
    ]  # fmt: skip


def _why_none(told: Told, had: AsfMonth, month: date) -> str:
    """What the law stops the right of a child with, the first that applies."""
    case, child = told.life.case, had.child
    titles = told.life.book.titles(case.number, told.day)
    born = {line.child: line.born_on for title in titles for line in title.lines}
    if not is_alone(told.family, month):
        return COUPLE
    if child in case.dead:
        return DEATH
    if is_of_age(born.get(child), month):
        return AGE
    if had.code == "C3" and not continues_without_title(case, child):
        return FOUR_MONTHS
    terms = [term for term in case.terms if term.month == month and not term.arrears]
    lacking = [line.lacking for term in terms for line in term.lines if line.child == child]
    return (RECENT if any(lacking) else PAID) if lacking else NO_TERM


def l22(told: Told) -> Facts:
    """What the control found of the debtor, and what it does to the right. Never why: it may be an address or a violence."""
    case = told.life.case
    if case.unable:
        since = case.suspended_from or told.day
        return {"result": UNABLE if case.suspended_from else UNABLE_STILL_CALLED, "since": since.isoformat()}
    since = max(told.day, case.calls_from or told.day)
    stops = case.without_title and not case.judge_applied
    return {"result": ABLE_NO_TITLE if stops else ABLE, "since": since.isoformat()}


UNABLE = "le parent qui paie est hors d’état de payer. L’aide continue, et n’est réclamée à personne."
UNABLE_STILL_CALLED = "le parent qui paie est reconnu hors d’état de payer ; votre droit à l’aide continue."
ABLE = "le parent qui paie peut payer. La pension est appelée ; l’aide continue tant qu’elle n’est pas payée."
ABLE_NO_TITLE = (
    "le parent qui paie peut payer. Sans pension fixée, l’aide s’arrête après quatre versements, sauf si vous saisissez le "
    "juge et nous le dites (article R. 523-3)."
)
