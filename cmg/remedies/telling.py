"""The letter of each event of a remedy, asked for in the transaction of the event: both happen, or neither.

Its key names the event for ever, so whoever comes back to it never has it written twice.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from cmg.explaining import explain
from cmg.models import Account, BoardCase, Instalment, Overpayment, Refund, Report, Settlement
from cmg.models.remedies import Advance
from cmg.remedies.limits import count_on
from portal.banking.models import PaymentOrder
from portal.batches.models import Run
from portal.legislation.calendar import nth_business_day
from portal.letters.operations import ask_letter

SUBJECT = "cmg:employer:"
APPEAL_MONTHS = 2


def names_of(families: Iterable[str]) -> dict[str, list[str]]:
    """The lines that a letter is addressed to, by family: first names then name, from its account. One query."""
    found = Account.objects.filter(employer_no__in=list(families), known_until__isnull=True)
    return {row.employer_no: [f"{row.first_names} {row.last_name}".strip()] for row in found}


def appeal_until(on: date) -> date:
    """The last day of the two months to go to the fund's appeal board (CSS R. 142-1)."""
    index = on.year * 12 + on.month - 1 + APPEAL_MONTHS
    year, month = index // 12, index % 12 + 1
    for day in range(on.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, min(on.day, 28))


def expected_on(end_to_end_id: str, on: date) -> str:
    """The day by which a transfer is on the family's account: one business day after it leaves ours."""
    order = PaymentOrder.objects.filter(end_to_end_id=end_to_end_id).first()
    return nth_business_day(order.due_on if order else on, 1).isoformat()


def _ask(kind: str, key: str, employer_no: str, facts: dict[str, Any], by: str, on: date) -> None:
    recipient = names_of([employer_no]).get(employer_no, [f"Employeur n° {employer_no}"])
    ask_letter(
        kind=kind, key=key, subject=SUBJECT + employer_no, facts=facts | {"recipient": recipient}, dated=on, by=by
    )


def _months(advance: Advance) -> list[str]:
    days = advance.months.order_by("care_month").values_list("care_month", flat=True)
    return [day.isoformat() for day in days]


def tell_advance_granted(advance: Advance, *, by: str, on: date) -> None:
    facts = {
        "amount_cents": advance.amount_cents, "months": _months(advance),
        "expected_on": expected_on(advance.end_to_end_id, on),
    }  # fmt: skip
    _ask("cmg.advance_granted", f"advance:{advance.pk}:granted", advance.employer_no, facts, by, on)


def tell_advance_waits(advance: Advance, *, by: str, on: date) -> None:
    """An advance that only lacks an account to go to; said once, however often it is tried."""
    facts = {"amount_cents": advance.amount_cents, "months": _months(advance)}
    _ask("cmg.advance_waits", f"advance:{advance.pk}:account", advance.employer_no, facts, by, on)


def tell_advance_cancelled(advance: Advance, *, by: str, on: date) -> None:
    facts = {"amount_cents": advance.amount_cents, "months": _months(advance), "reason": advance.refusal}
    _ask("cmg.advance_cancelled", f"advance:{advance.pk}:cancelled", advance.employer_no, facts, by, on)


def tell_advance_refused(advance: Advance, *, by: str, on: date) -> None:
    facts = {"refusal": advance.refusal, "months": _months(advance), "until": appeal_until(on).isoformat()}
    _ask("cmg.advance_refused", f"advance:{advance.pk}:refused", advance.employer_no, facts, by, on)


def tell_refunds(refunds: list[Refund], *, by: str, on: date) -> None:
    """One letter for what one run gives back to one family."""
    first = refunds[0]
    lines = [
        {"month": one.care_month.isoformat(), "debited_cents": one.debited_cents, "due_cents": one.due_cents,
         "back_cents": one.amount_cents}
        for one in refunds
    ]  # fmt: skip
    facts = {
        "lines": lines, "total_cents": sum(one.amount_cents for one in refunds),
        "expected_on": expected_on(first.end_to_end_id, on), "asked": any(one.reason == "FAMILY" for one in refunds),
    }  # fmt: skip
    _ask("cmg.refund", f"refund:{first.employer_no}:run{first.run_id}", first.employer_no, facts, by, on)


def tell_kept(employer_no: str, run: Run, *, kept_cents: int, refund_cents: int, by: str, on: date) -> None:
    """What a run kept of the contributions given back, for an aid that had been paid in excess."""
    facts = {
        "month": run.month.isoformat(), "kept_cents": kept_cents, "refund_cents": refund_cents,
        "left_cents": refund_cents - kept_cents, "until": notice_until(on).isoformat(),
    }  # fmt: skip
    _ask("cmg.kept", f"kept:{employer_no}:run{run.pk}", employer_no, facts, by, on)


def overpayment_facts(found: Overpayment, *, on: date, until: date) -> dict[str, Any]:
    """What the notice says: what was paid and when, what was due, why, and the amount's explanation annexed."""
    return {
        "month": found.care_month.isoformat(), "paid_cents": found.paid_cents, "due_cents": found.due_cents,
        "amount_cents": found.amount_cents, "cause": found.cause, "until": until.isoformat(),
        "months_most": count_on("policy.instalments_max", on), "of_advance": bool(found.advance_id),
        "paid_on": day.isoformat() if (day := paid_on(found)) else None,
        "recipient": names_of([found.employer_no]).get(found.employer_no, [f"Employeur n° {found.employer_no}"]),
    } | _explained(found)  # fmt: skip


def paid_on(found: Overpayment) -> date | None:
    """The day on which what was in excess was last paid; None when no order of ours says it."""
    references = [found.advance.end_to_end_id] if found.advance else []
    orders = PaymentOrder.objects.filter(subject=found.subject, purpose="CMG_PAYOUT")
    if found.declaration_no:
        settled = Settlement.objects.filter(declaration_no=found.declaration_no).values("pk")
        paid = orders.filter(settlement_id__in=settled).exclude(run=found.run)
    else:
        paid = PaymentOrder.objects.filter(end_to_end_id__in=references)
    last = paid.exclude(state__in=("REJECTED", "RETURNED")).order_by("-pk").first()
    return (last.settled_on or last.due_on) if last else None


def _explained(found: Overpayment) -> dict[str, Any]:
    """The steps and figures of what is due now; nothing for an advance, which no calculation of a month explains."""
    if found.run is None:
        return {}
    rows = Settlement.objects.select_related("run", "declaration").filter(
        declaration_no=found.declaration_no, run=found.run, status="SETTLED"
    )
    row = rows.order_by("-version").first()
    explained = explain(row) if row else None
    if explained is None:
        return {}
    steps = [
        {"label": line.label, "value": line.value, "unit": "", "article": line.article}
        for chapter in explained.chapters
        for line in chapter.lines
    ]
    figures = [
        {"key": one.label, "value": one.value, "date": f"{one.since:%d/%m/%Y}", "source": one.source}
        for one in explained.figures
    ]
    return {"steps": steps, "parameters": figures}


def notice_until(on: date) -> date:
    """The last of the twenty days to answer a notice of `on` (CSS R. 133-9-2)."""
    return on + timedelta(days=count_on("overpayment.rectification_days", on))


def tell_overpayment(found: Overpayment, *, by: str, on: date) -> None:
    assert found.rectification_until is not None
    facts = overpayment_facts(found, on=on, until=found.rectification_until)
    _ask("cmg.overpayment", notice_key(found), found.employer_no, facts, by, on)


def notice_key(found: Overpayment) -> str:
    """By which its notice is found among the letters."""
    return f"overpayment:{found.pk}:notice"


def overpayment_draft(found: Overpayment, *, on: date) -> tuple[str, dict[str, Any]]:
    """The notice as it would leave that day, to be read before."""
    return "cmg.overpayment", overpayment_facts(found, on=on, until=notice_until(on))


def tell_instalments(found: Overpayment, parts: list[Instalment], *, by: str, on: date) -> None:
    facts = {
        "total_cents": sum(part.amount_cents for part in parts),
        "lines": [{"due_on": part.due_on.isoformat(), "amount_cents": part.amount_cents} for part in parts],
    }
    _ask("cmg.instalments", f"overpayment:{found.pk}:instalments", found.employer_no, facts, by, on)


def tell_remission(found: Overpayment, cents: int, reason: str, *, by: str, on: date) -> None:
    facts = {"amount_cents": cents, "reason": reason}
    _ask("cmg.remission", f"overpayment:{found.pk}:remission", found.employer_no, facts, by, on)


def tell_board(case: BoardCase, *, by: str, on: date) -> None:
    facts = {
        "amount_cents": case.amount_cents, "words": case.decision_words,
        "held_on": (case.session.held_on if case.session else on).isoformat(),
        "expected_on": expected_on(case.end_to_end_id, on) if case.end_to_end_id else "",
    }  # fmt: skip
    _ask("cmg.board", f"board:{case.pk}:decision", case.employer_no, facts, by, on)


def tell_report_answer(report: Report, *, by: str, on: date) -> None:
    """A report reopened and answered again has a letter for each answer."""
    assert report.answered_at is not None
    facts = {"report_number": report.number, "answer": report.answer, "controlled": bool(report.controlled_at)}
    key = f"report:{report.number}:{report.answered_at:%Y%m%d%H%M%S%f}"
    _ask("cmg.report_answer", key, report.employer_no, facts, by, on)
