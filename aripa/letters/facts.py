"""What each letter says, read from the life of the case on the day it left. Cents; dates as ISO text, for JSON."""

from collections.abc import Callable
from datetime import date, timedelta

from django.conf import settings

from aripa.explaining import hundredths, steps_on
from aripa.letters.asf import l21, l22
from aripa.letters.recovered import l17, l18
from aripa.letters.told import Facts, Told
from aripa.life.living import CREDITOR, DEBTOR, Life
from aripa.life.opening import refusal
from aripa.life.state import Order, State, Term
from aripa.life.terms import (
    amount_of,
    due_day,
    due_lines,
    due_on,
    indices,
    is_due,
    month_of,
    monthly_support,
    next_month,
)
from aripa.models import IndexSeries, Parent, PaymentMeans, TitleKind
from aripa.models import Title as TitleRow
from aripa.rules.calendar import deadline_for_fund, debit_day, garnishee_answer_by
from aripa.rules.figures import cents_on
from aripa.rules.penalty import penalty_cents
from aripa.rules.plan import instalments_of, smallest_instalment_cents
from portal.frame.templatetags.portal import money

BARRED = "La fin de l’intermédiation ne peut pas être demandée dans ce dossier."
RESIDENCE = "Une condition de résidence en France n’est pas remplie."
# Which parent lives where is never told to the other: one sentence for both residences.
REFUSALS = {
    "title_not_enforceable": (
        "Le document reçu n’est pas exécutoire.",
        "article L. 582-1 du code de la sécurité sociale",
    ),
    "no_cash_share": ("Le document ne fixe pas de pension en argent.", "article 373-2-2 du code civil"),
    "creditor_residence": (RESIDENCE, "articles L. 512-1 et L. 582-1 du code de la sécurité sociale"),
    "debtor_abroad": (RESIDENCE, "articles L. 512-1 et L. 582-1 du code de la sécurité sociale"),
    "debtor_unable": (
        "Le parent qui doit payer est reconnu hors d’état de le faire.",
        "articles L. 523-1 et L. 582-1 du code de la sécurité sociale",
    ),
}
NOT_GIVEN = (
    "Les informations demandées n’ont pas été données dans le délai.",
    "article R. 582-5 du code de la sécurité sociale",
)
NO_SUPPORT = ("Aucune pension n’est plus due.", "article L. 582-1 du code de la sécurité sociale")
CAUSES = {
    "DEATH": "un décès nous a été signalé", "TITLE_END": "la date de fin écrite dans le titre est atteinte",
    "SUPPORT_END": "la pension n’est plus due, d’après le titre", "NEW_TITLE": "un nouveau titre met fin à l’intermédiation",
    "CONSENT": "les deux parents sont d’accord", "RESIDENCE": "une condition de résidence en France n’est plus remplie",
}  # fmt: skip
INDEXATION = {
    "EXCLUDED": "Le titre dit que la pension ne suit pas les prix.",
    "CLAUSE": "La pension suit les prix chaque année, comme le titre le prévoit.",
    "NONE_MENTIONED": "La pension suit les prix chaque année, à la date anniversaire du titre (article R. 582-7).",
}
ITEMS = {
    CREDITOR: ("votre identité et votre adresse", "votre relevé de compte bancaire de moins de trois mois",
               "les enfants concernés et la date de leur naissance", "les mois passés restés impayés, si vous en demandez le paiement"),
    DEBTOR: ("votre identité et votre adresse", "votre relevé de compte bancaire de moins de trois mois",
             "votre mandat de prélèvement, ou le moyen de paiement que vous préférez",
             "le jour de paiement : le 1er, le 10 ou le 15", "votre employeur ou l’organisme qui vous verse vos revenus"),
}  # fmt: skip


def facts_of(told: Told) -> Facts:
    """Everything that the template of this letter needs."""
    return _frame(told) | SPECIFIC[told.letter.code](told)


def _frame(told: Told) -> Facts:
    case, to = told.life.case, told.letter.to
    own = case.creditor if to == CREDITOR else case.debtor
    reference = f"Dossier {case.number}" + (f" · votre numéro de parent : {own}" if to in (CREDITOR, DEBTOR) else "")
    return {
        "recipient": _recipient(told, own), "sender": f"{settings.PENSIONS_NAME}, {settings.PENSIONS_ADDRESS}",
        "phone": settings.PENSIONS_PHONE, "signatory": f"Le {settings.PENSIONS_NAME}", "reference": reference,
        "case_no": case.number, "party": to, "service": settings.PENSIONS_NAME,
        "month": told.letter.month.isoformat() if told.letter.month else None,
        "pay_iban": settings.PENSIONS_IBAN, "pay_name": settings.PENSIONS_NAME,
    }  # fmt: skip


def _recipient(told: Told, own: str) -> list[str]:
    """The reader's own name and address, nobody else's."""
    if told.letter.to not in (CREDITOR, DEBTOR):
        order = _order(told)
        return [order.ref if order and order.ref else "Organisme payeur"]
    row = told.people.parent(own, told.day)
    if row is None:
        return [f"Parent {own}"]
    city = " ".join(filter(None, [row.postcode, row.city]))
    return [
        one
        for one in (full_name(row) or f"Parent {own}", row.address, city, "" if row.country == "FR" else row.country)
        if one
    ]


def full_name(row: Parent) -> str:
    first = (row.first_names or "").split(" ")[0]
    return " ".join(filter(None, [first, row.usual_name or row.birth_name]))


def _title_words(told: Told) -> str:
    """Who gave the title only where nobody is to be protected: a court is near a home."""
    row = told.people.titles.get(told.life.title().number)
    return title_words(row, with_issuer=not told.life.case.violence)


def title_words(row: TitleRow | None, *, with_issuer: bool) -> str:
    """What the title is."""
    if row is None:
        return "titre exécutoire"
    words = TitleKind(row.kind).label[:1].lower() + TitleKind(row.kind).label[1:]
    dated = f" du {row.title_date:%d/%m/%Y}" if row.title_date else ""
    number = f", n° {row.minute_no}" if row.minute_no else ""
    issuer = f", {row.issuer}" if row.issuer and with_issuer else ""
    return f"{words}{dated}{number}{issuer}"


def _lines(told: Told, life: Life, month: date) -> list[Facts]:
    return [{"child": told.name(line.child), "cents": line.due} for line in due_lines(life, month)]


# ---- opening ------------------------------------------------------------------------------------------------------


def _l01(told: Told) -> Facts:
    return {
        "answer_days": told.days("information_deadline_days"), "penalty_cents": penalty_cents(told.day),
        "items": list(ITEMS[told.letter.to]), "title": _title_words(told),
    }  # fmt: skip


def _l02(told: Told) -> Facts:
    case = told.life.case
    if case.state != State.REJECTED:
        return {"reason": BARRED, "article": "article 373-2-2 du code civil", "is_end": True}
    is_over = bool(case.dead) or told.life.book.titles(case.number, told.day)[-1].cancels_support
    reason, article = NO_SUPPORT if is_over else REFUSALS.get(refusal(told.life, told.life.title()), NOT_GIVEN)
    return {"reason": reason, "article": article, "is_end": False}


def _penalty_steps(day: date) -> list[dict[str, str]]:
    base = cents_on("bmaf", day)
    return [
        {"label": "Base mensuelle des allocations familiales", "value": money(base), "unit": "", "article": "CSS L. 551-1"},
        {"label": "25 %, à l’euro supérieur", "value": money(penalty_cents(day)), "unit": "", "article": "CSS D. 582-2"},
    ]  # fmt: skip


def _l03(told: Told) -> Facts:
    days = told.days("information_second_deadline_days")
    return {"answer_days": days, "penalty_cents": penalty_cents(told.day), "steps": _penalty_steps(told.day)}


def _l04(told: Told) -> Facts:
    return {
        "pay_days": told.days("penalty_payment_deadline_days"), "penalty_cents": penalty_cents(told.day),
        "reason": "Les informations demandées n’ont pas été données, ou ne permettent pas de mettre la pension en place.",
        "steps": _penalty_steps(told.day),
    }  # fmt: skip


def _l05(told: Told) -> Facts:
    life, debtor = told.life, told.life.parent(DEBTOR)
    from_day = life.case.calls_from or told.day
    means = PaymentMeans(debtor.means or "DIRECT_DEBIT").label if debtor else PaymentMeans.DIRECT_DEBIT.label
    ends = life.title().intermediation_end
    return {
        "lines": _lines(told, Life(life.case, life.book, from_day, life.out), month_of(from_day)),
        "due_day": due_day(life), "means": means.lower(), "payout_days": told.days("creditor_payout_max_days"),
        "indexation": INDEXATION[life.title().indexation], "discharge_date": from_day.isoformat(),
        "end_on": ends.isoformat() if ends else None, "may_end": not life.case.violence,
        "steps": [one.as_fact() for one in steps_on(life, dict(told.people.names.get(life.case.number, {})), month_of(from_day))],
    }  # fmt: skip


def l06(told: Told) -> Facts | None:
    """The debits of a year, sent with L05 to a debtor who pays by debit; None for another means."""
    life, row = told.life, told.people.parent(told.life.case.debtor, told.day)
    debtor = life.parent(DEBTOR)
    if row is None or debtor is None or debtor.means not in ("", "DIRECT_DEBIT") or not debtor.reachable:
        return None
    month, debits = month_of(life.case.calls_from or told.day), []
    for _number in range(12):
        cents = sum(line.due for line in due_lines(life, month))
        debits.append({"on": debit_day(due_on(life, month)).isoformat(), "cents": cents})
        month = next_month(month)
    return _frame(told) | {
        "debits": debits, "creditor_identifier": settings.BANK_CREDITOR_ID, "mandate_ref": row.mandate_ref,
    }  # fmt: skip


def _l07(told: Told) -> Facts:
    life, title = told.life, told.life.title()
    eve, month = Life(life.case, life.book, told.day - timedelta(days=1), life.out), month_of(told.day)
    lines = [
        {"child": told.name(line.child), "old": amount_of(eve, title, line)[0], "new": amount_of(life, title, line)[0]}
        for line in title.lines if is_due(life, line, month)
    ]  # fmt: skip
    found = indices(title, told.day, life)
    first = month if due_on(life, month) >= told.day else next_month(month)
    names = dict(told.people.names.get(life.case.number, {}))
    words = IndexSeries(title.series).label
    return {
        "lines": lines, "first_month": first.isoformat(), "series": words,
        "base": f"{hundredths(found[0].value)} ({found[0].month:%m/%Y})" if found else "",
        "new": f"{hundredths(found[1].value)} ({found[1].month:%m/%Y})" if found else "",
        "steps": [one.as_fact() for one in steps_on(life, names, first)],
    }  # fmt: skip


# ---- unpaid -------------------------------------------------------------------------------------------------------


def _term(told: Told) -> Term | None:
    return next((one for one in told.life.case.terms if one.month == told.letter.month), None)


def _l08(told: Told) -> Facts:
    term = _term(told)
    due, lacking = (term.due, term.lacking) if term else (0, 0)
    return {
        "lacking_cents": lacking, "due_cents": due, "settle_days": told.days("unpaid_regularisation_days"),
        "due_on": term.due_on.isoformat() if term else None,
        "returned": bool(term and term.debit and term.debit.returned),
        "steps": [
            {"label": "Pension appelée", "value": money(due), "unit": "", "article": "CSS L. 582-1"},
            {"label": "Payé", "value": money(due - lacking), "unit": "", "article": "CSS R. 582-7"},
            {"label": "Reste à payer", "value": money(lacking), "unit": "", "article": "CSS R. 582-8"},
        ],
    }  # fmt: skip


def _arrears(told: Told) -> list[Term]:
    return [one for one in told.life.case.terms if one.arrears and one.lacking]


def _l09(told: Told) -> Facts:
    owed = _arrears(told)
    total = sum(one.lacking for one in owed)
    least = min(total, smallest_instalment_cents(monthly_support(told.life), told.day))
    return {
        "terms": [{"month": one.month.isoformat(), "cents": one.lacking} for one in owed], "total_cents": total,
        "answer_days": told.days("arrears_answer_days"), "least_cents": least,
    }  # fmt: skip


def _l10(told: Told) -> Facts:
    plan, total = told.life.case.plan, sum(one.lacking for one in _arrears(told))
    first = deadline_for_fund(told.day, told.days("arrears_plan_first_payment_days"))
    month, parts = month_of(first), []
    for cents in instalments_of(total, plan.monthly) if plan and plan.monthly else [total]:
        parts.append({"month": month.isoformat(), "cents": cents})
        month = next_month(month)
    return {"instalments": parts, "total_cents": total, "first_by": first.isoformat()}


# ---- recovery -----------------------------------------------------------------------------------------------------


def _order(told: Told) -> Order | None:
    orders = [one for one in told.life.case.orders if told.day in (one.decided_on, one.closed_on)]
    return orders[-1] if orders else (told.life.case.orders[-1] if told.life.case.orders else None)


def _l11(told: Told) -> Facts:
    order, row = _order(told), told.people.parent(told.life.case.debtor, told.day)
    parts = order.instalments if order else []
    home = " ".join(filter(None, [row.address, row.postcode, row.city])) if row else ""
    return {
        "debtor_name": (full_name(row) if row else "") or f"Parent {told.life.case.debtor}", "debtor_home": home,
        "title": _title_words(told), "current_cents": order.current if order else 0,
        "arrears_cents": order.arrears if order else 0, "months": len(parts), "instalment_cents": parts[0] if parts else 0,
        "last_cents": parts[-1] if parts else 0, "terms": order.terms if order else 0, "due_day": due_day(told.life),
        "decided_on": told.day.isoformat(), "costs_cents": told.life.case.costs + told.life.case.fees,
        "garnishee": order.ref if order else "", "order_no": order.number if order else None,
        "answer_by": garnishee_answer_by(order.decided_on if order else told.day).isoformat(),
    }  # fmt: skip


def _l12(told: Told) -> Facts:
    return {"ended_on": told.day.isoformat(), "current_cents": monthly_support(told.life)}


def _l13(told: Told) -> Facts:
    return {"answer_days": told.days("choice.end_answer_days")}


def _l14(told: Told) -> Facts:
    case = told.life.case
    lines = [line for term in case.terms if not term.suspended for line in term.lines]
    left = sum(line.creditor_lacks if told.letter.to == CREDITOR else line.lacking for line in lines)
    return {
        "end_date": case.end_date.isoformat() if case.end_date else None, "cause": CAUSES.get(case.end_reason, ""),
        "left_cents": left, "charges_cents": case.costs + case.fees + case.penalty,
    }  # fmt: skip


def _l15(told: Told) -> Facts:
    since = told.life.case.suspended_from
    return {"suspended_from": since.isoformat() if since else None}


def _l16(told: Told) -> Facts:
    now = [
        one.amount
        for one in told.moved
        if (one.kind, one.day, one.month) == ("OVERPAYMENT", told.day, told.letter.month)
    ]
    total = told.life.case.overpaid
    return {"amount_cents": sum(now) or total, "total_cents": total, "offsets": told.life.case.offsets}


def _l19(told: Told) -> Facts:
    owed = sum(term.lacking for term in told.life.case.terms if not term.suspended)
    return {"sent_on": told.day.isoformat(), "owed_cents": owed}


def _l23(told: Told) -> Facts:
    return {"months_left": told.days("asf_no_title_max_payments") - 2}


SPECIFIC: dict[str, Callable[[Told], Facts]] = {
    "L01": _l01, "L02": _l02, "L03": _l03, "L04": _l04, "L05": _l05, "L07": _l07, "L08": _l08, "L09": _l09, "L10": _l10,
    "L11": _l11, "L12": _l12, "L13": _l13, "L14": _l14, "L15": _l15, "L16": _l16, "L17": l17, "L18": l18, "L19": _l19,
    "L21": l21, "L22": l22, "L23": _l23,
}  # fmt: skip
