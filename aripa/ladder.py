"""The ladder of recovery as data (`domain` 6): what each step rests on, its delay, its form; what is done, what comes.

The portal proposes the next tool; a person decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from aripa.life.living import Life
from aripa.life.state import Case, Order
from aripa.models import Event, Notice
from aripa.rules.amounts import DIRECT_PAYMENT_FACTS, DIRECT_PAYMENT_STEPS, SEIZABLE_STEPS, seizable_row
from aripa.rules.calendar import garnishee_answer_by
from aripa.rules.figures import DIRECT_PAYMENT, aripa_parameters, cents_on
from aripa.words import ORDERS, TOOLS
from portal.frame.templatetags.portal import money
from portal.legislation.engine import Step, compute_one, in_order
from portal.legislation.figures import figures_on
from portal.legislation.trace import shown

RSA = "rsa_base_amount"
OPEN = ("SENT", "ACCEPTED")
OF_INCOME = ("capacity_cents", "room_cents", "is_without_room", "months_for_income")


@dataclass(frozen=True)
class Rung:
    """One step of the ladder, the same for every case. `code`: a tool, or the letter or event that does it."""

    code: str
    label: str
    delay: str
    form: str
    article: str


LADDER = (
    Rung("L08", "Dernier rappel avant recouvrement", "envoyé dans les 15 jours de l’échéance ; 15 jours pour régler",
         "lettre à date certaine au parent qui paie", "CSS R. 582-8, I"),
    Rung("PLAN", "Plan, ou retenue acceptée sur prestations", "30 jours pour l’accepter, première somme sous 10 jours",
         "accord écrit ; chaque mensualité, 20 % de la pension au moins", "CSS R. 582-8, II et III ; L. 553-4"),
    Rung("DIRECT_PAYMENT", TOOLS["DIRECT_PAYMENT"], "le tiers répond sous 8 jours ; 24 mois au plus",
         "lettre recommandée au tiers et au parent qui paie (L11)", "CPCE L. 213-1 à L. 213-6, R. 213-11"),
    Rung("BENEFIT_WITHHOLDING", TOOLS["BENEFIT_WITHHOLDING"], "chaque mois, nouveau calcul si l’écart atteint 20 %",
         "notification par la caisse ; jamais sur le RSA ni l’AEEH", "CSS L. 553-4, D. 553-3"),
    Rung("WAGE_SEIZURE", TOOLS["WAGE_SEIZURE"], "selon le commissaire de justice",
         "acte d’un commissaire de justice, registre national", "C. trav. L. 3252-1 à R. 3252-5"),
    Rung("BANK_SEIZURE", TOOLS["BANK_SEIZURE"], "un mois entre deux saisies", "acte d’un commissaire de justice",
         "CPCE L. 211-1, L. 162-2"),
    Rung("PUBLIC_RECOVERY", TOOLS["PUBLIC_RECOVERY"], "le préfet rend l’état exécutoire en 5 jours ouvrés",
         "état certifié par la direction ; ensuite, seul le comptable public encaisse (L19)",
         "CSS L. 581-7, L. 581-10 ; loi 75-618, art. 9"),
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """One rung for a case: what was done, in words, and whether it is the one to decide now."""

    rung: Rung
    done: str
    is_proposed: bool = False
    is_current: bool = False


def standing(life: Life, letters: Sequence[Notice], told: Sequence[Event]) -> list[Standing]:
    """The ladder of a case, with the tool that the portal proposes."""
    proposed = proposed_tool(life.case, life.day)
    found = []
    for rung in LADDER:
        done, current = _done(rung.code, life.case, letters, told)
        found.append(Standing(rung, done, rung.code == proposed, current))
    return found


def _done(code: str, case: Case, letters: Sequence[Notice], told: Sequence[Event]) -> tuple[str, bool]:
    if code == "L08":
        sent = [one for one in letters if one.code in ("L08", "L09")]
        return (_sent_words(sent[-1]), False) if sent else ("", False)
    if code == "PLAN":
        plans = [one for one in told if one.kind == "PLAN_ACCEPTED"]
        return (f"proposé le {plans[-1].day:%d/%m/%Y}" if plans else "", case.plan is not None)
    orders = [one for one in case.orders if one.tool == code]
    if not orders:
        return "", False
    last = orders[-1]
    words = "suspendu par une réclamation" if case.complaint and last.state in OPEN else ORDERS[last.state][0]
    return f"décidé le {last.decided_on:%d/%m/%Y} : {words}", last.state in OPEN


def _sent_words(letter: Notice) -> str:
    received = f", reçu le {letter.received_on:%d/%m/%Y}" if letter.received_on else ", accusé attendu"
    return f"{letter.code} envoyé le {letter.day:%d/%m/%Y}{received}"


def is_unanswered(order: Order, day: date) -> bool:
    """Whether the garnishee of an order let its delay pass without a word."""
    return order.state == "SENT" and bool(order.ref) and day > garnishee_answer_by(order.decided_on)


def proposed_tool(case: Case, day: date) -> str:
    """The first tool of the ladder not tried yet (refused, ended, unanswered in time); none when one runs or nothing is
    forced."""
    late = [one for one in case.orders if is_unanswered(one, day)]
    if not case.is_forced or case.complaint or any(one.state in OPEN and one not in late for one in case.orders):
        return ""
    tried = {one.tool for one in case.orders if one.state in ("REFUSED", "CLOSED")} | {one.tool for one in late}
    return next((one.code for one in LADDER if one.code in TOOLS and one.code not in tried), "")


# ---- figures ------------------------------------------------------------------------------------------------------


def floor_on(day: date) -> int:
    """What always stays with the debtor: the RSA for one person (C. trav. R. 3252-5, CPCE R. 162-2)."""
    return cents_on(RSA, day)


@dataclass(frozen=True)
class Figures:
    """The steps of an order, as they are told, and of the scale of seizures when the pay is known."""

    direct_payment: list[dict[str, str]]
    seizable: list[dict[str, str]]


def figures_of(order: Order, pay_cents: int | None) -> Figures:
    """How the amounts of an order were found, from the facts that it keeps and the figures of its day."""
    facts = dict(zip(DIRECT_PAYMENT_FACTS, _facts(order, pay_cents), strict=True))
    rates = figures_on(DIRECT_PAYMENT, order.decided_on, aripa_parameters())
    row = compute_one(rates | facts, in_order(DIRECT_PAYMENT_STEPS, list(rates | facts)))
    known = pay_cents is not None
    steps = {name: one for name, one in DIRECT_PAYMENT_STEPS.items() if known or name not in OF_INCOME}
    pay = _told(seizable_row(pay_cents, order.decided_on), SEIZABLE_STEPS) if pay_cents is not None else []
    return Figures(_told(row, steps), pay)


def _facts(order: Order, pay_cents: int | None) -> tuple[int | bool, ...]:
    return (order.current, order.arrears, order.terms, 0, pay_cents or 0, pay_cents is not None)


def _told(row: Mapping[str, Any], steps: Mapping[str, Step]) -> list[dict[str, str]]:
    return [
        {"label": one.label, "value": _value(row[one.name], one.unit), "article": one.article} for one in steps.values()
    ]


def _value(value: Any, unit: str) -> str:
    """A step as a French page writes it."""
    if unit == "flag":
        return "oui" if value else "non"
    if unit == "cents":
        return money(value)
    if unit == "sixtieths":
        return f"{shown(value, unit).replace('.', ',')}\u00a0€"
    return str(shown(value, unit))


def pay_of(order: Order, told: Sequence[Event]) -> int | None:
    """The monthly pay that the decision named; None when it was not known."""
    of_day = [one for one in told if one.kind == "RECOVERY_DECISION" and one.heard_on == order.decided_on]
    same = [one for one in of_day if (one.reason, one.ref or "") == (order.tool, order.ref)]
    return same[-1].amount_cents if same and order.capacity is not None else None
