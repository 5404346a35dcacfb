"""Remedies as pages show them: one line of a list, the facts of one row, and the identity that every cent obeys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from cmg.models.remedies import AdvanceState, BoardState, OverpaymentState, RefundState, ReportState
from cmg.remedies.board import hardship_of
from cmg.remedies.limits import answer_day
from cmg.rules.priority import priority_score, priority_terms
from cmg.selectors import SUBJECT
from cmg.words import PURPOSES
from portal.banking.words import BANK_REASONS
from portal.batches.room import Balance
from portal.casework.selectors import by_subject
from portal.frame.templatetags.portal import money, month_name, short_day

STATES = {
    "advances": AdvanceState, "refunds": RefundState, "overpayments": OverpaymentState, "reports": ReportState,
    "board": BoardState,
}  # fmt: skip
ADDRESSES = {
    "advances": "cmg:advance", "refunds": "cmg:refund", "overpayments": "cmg:overpayment", "reports": "cmg:report",
    "board": "cmg:board_case",
}  # fmt: skip
NAMES = {
    "advances": "Avance", "refunds": "Remboursement de cotisations", "overpayments": "Somme versée en trop",
    "reports": "Signalement", "board": "Commission d’urgence sociale",
}  # fmt: skip
# What waits for a person of ours; the rest waits for the bank, the family or a run.
OURS = {
    "PROPOSED", "REQUESTED", "DETECTED", "VERIFIED", "RETURNED", "OPENED", "CONTESTED", "REFERRED", "COMPLETE",
    "SCHEDULED", "OPEN", "LINKED", "NEW_ANOMALY",
}  # fmt: skip
ENDED_WELL = {"NETTED", "PAID", "SETTLED", "ANSWERED", "CLOSED", "GRANTED"}


@dataclass(frozen=True)
class Line:
    """One row of a list."""

    employer_no: str
    link: str
    what: str
    more: str
    cents: int | None
    state: str
    tone: str
    since: date
    deadline: date | None
    balance: Balance | None
    pk: int


def tone_of(state: str) -> str:
    return "wait" if state in OURS else "ok" if state in ENDED_WELL else ""


def balance_of(kind: str, row: Any) -> Balance | None:
    """The identity of a row, in the words of its page."""
    if kind == "advances":
        terms = [("déduit", row.netted_cents), ("restant", row.outstanding_cents), ("converti", row.converted_cents),
                 ("abandonné", row.waived_cents)]  # fmt: skip
        return Balance(("accordé", row.amount_cents), terms)
    if kind == "overpayments":
        terms = [("remboursé", row.repaid_cents), ("restant", row.outstanding_cents), ("abandonné", row.remitted_cents)]
        return Balance(("versé en trop", row.amount_cents), terms)
    if kind == "refunds" and row.due_cents is not None:
        return Balance(
            ("prélevé", row.debited_cents), [("dû", row.debited_cents - row.amount_cents), ("rendu", row.amount_cents)]
        )
    return None


def line_of(kind: str, row: Any) -> Line:
    """One row of a list, whatever its kind; a transfer that came back has no page of its own."""
    if kind == "returned":
        why = BANK_REASONS.get(row.reason_code, row.reason_code) or "motif non donné"
        return Line(
            row.subject.removeprefix(SUBJECT), "", PURPOSES.get(row.purpose, row.purpose), why, row.amount_cents,
            row.get_state_display(), "stop", row.settled_on or row.due_on, None, None, row.pk,
        )  # fmt: skip
    what, more, cents, since, deadline = SHOWN[kind](row)
    return Line(
        row.employer_no, reverse(ADDRESSES[kind], args=[row.pk]), what, more, cents, row.get_state_display(),
        tone_of(row.state), since, deadline, balance_of(kind, row), row.pk,
    )  # fmt: skip


def _advance(row: Any) -> tuple:
    waits = row.state == AdvanceState.PROPOSED
    reason = f"{row.reason} ; attend un compte bancaire de la famille" if row.waits_for_account else row.reason
    answer_by = answer_day("policy.report_answer_business_days", row.proposed_on) if waits else None
    return row.get_origin_display(), reason, row.amount_cents, row.proposed_on, answer_by


def _refund(row: Any) -> tuple:
    asked = "Demandé par la famille" if row.reason == "FAMILY" else "Trouvé par le portail"
    return asked, month_name(row.care_month), row.amount_cents or row.debited_cents, row.opened_on, row.deadline


def _overpayment(row: Any) -> tuple:
    return (
        row.cause,
        f"{month_name(row.care_month)}, {row.get_origin_display().lower()}",
        row.amount_cents,
        row.opened_on,
        row.rectification_until,
    )


def _report(row: Any) -> tuple:
    return (
        row.get_symptom_display(),
        f"{row.number} · {row.words[:120]}",
        None,
        timezone.localdate(row.opened_at),
        row.first_answer_by,
    )


def _board(row: Any) -> tuple:
    hardship = hardship_of(row)
    terms = " + ".join(f"{points} ({words})" for words, points in priority_terms(hardship)) or "aucun terme"
    session = row.session.held_on if row.session else None
    return (
        row.hardship[:160],
        f"priorité {priority_score(hardship)} = {terms}",
        row.amount_cents or None,
        row.referred_on,
        session,
    )


SHOWN = {
    "advances": _advance, "refunds": _refund, "overpayments": _overpayment, "reports": _report, "board": _board,
}  # fmt: skip


def facts_of(kind: str, row: Any, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the page says of one row, label and value."""
    return [(label, value) for label, value in FACTS[kind](row, names) if value]


def _who(username: str, names: Mapping[str, str]) -> str:
    return "le portail" if username == "portail" else names.get(username, username)


def _advance_facts(row: Any, names: Mapping[str, str]) -> list[tuple[str, str]]:
    months = ", ".join(month_name(one.care_month) for one in row.months.order_by("care_month"))
    dossier = by_subject([row.subject]).get(row.subject)
    owner = dossier.owner.full_name if dossier and dossier.owner else ""
    return [
        ("Responsable du dossier", f"{owner}, avant le {short_day(dossier.deadline)}" if dossier and owner else ""),
        ("Attend", "un compte bancaire de la famille, à qui il est demandé" if row.waits_for_account else ""),
        ("Mois couverts", months), ("Ce qui était attendu", money(row.estimate_cents)),
        ("Origine", row.get_origin_display()), ("Raison", row.reason),
        ("Proposée", f"le {short_day(row.proposed_on)} par {_who(row.proposed_by, names)}"),
        ("Décidée", f"le {short_day(row.decided_on)} par {_who(row.decided_by, names)}" if row.decided_by else ""),
        ("Double regard", "oui : une autre personne que l’auteur décide" if row.four_eyes else "non, sous le seuil"),
        ("Part choisie par la famille", f"{row.share_percent} %" if row.share_percent else ""),
        ("Refus", row.refusal), ("Référence bancaire", row.end_to_end_id),
    ]  # fmt: skip


def _refund_facts(row: Any, names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        ("Mois", month_name(row.care_month)), ("Déclaration", f"{row.declaration_no} v{row.version}"),
        ("Prélevé", money(row.debited_cents)), ("Dû", money(row.due_cents)), ("À rendre", money(row.amount_cents)),
        ("Mots de la famille", row.words), ("Ouvert le", short_day(row.opened_on)), ("Promis avant le", short_day(row.deadline)),
        ("Refus", row.refusal), ("Référence bancaire", row.end_to_end_id),
    ]  # fmt: skip


def _overpayment_facts(row: Any, names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        ("Mois", month_name(row.care_month)), ("Versé", money(row.paid_cents)), ("Dû", money(row.due_cents)),
        ("Origine", row.get_origin_display()), ("Cause", row.cause), ("Constatée le", short_day(row.opened_on)),
        ("Notifiée le", short_day(row.notified_on)), ("La famille peut répondre jusqu’au", short_day(row.rectification_until)),
        ("Ce que dit la famille", row.contest_words),
        ("Remise proposée par", _who(row.proposed_by, names) if row.proposed_by else ""),
    ]  # fmt: skip


def _report_facts(row: Any, names: Mapping[str, str]) -> list[tuple[str, str]]:
    codes = row.codes.replace("|", ", ") or "aucun désaccord"
    control = f"le {short_day(row.controlled_at)}, {codes}" if row.controlled_at else "pas encore"
    stops = "arrêté par ce signalement" if row.stops_debit else "déjà parti, ou pas en cause"
    return [
        ("Numéro à redire au téléphone", row.number), ("Ce qui se passe", row.get_symptom_display()),
        ("Mots de la famille", row.words), ("Mois", ", ".join(month_name(month) for month in row.months)),
        ("Reçu par", row.get_channel_display()), ("Prélèvement", stops),
        ("Désaccords", row.codes.replace("|", ", ")), ("Contrôle complet", control),
        ("Première réponse avant le", short_day(row.first_answer_by)), ("Réponse", row.answer),
    ]  # fmt: skip


def _put_off(row: Any, vote: Any) -> str:
    """A vote of a session that did not decide counts no more once the case is put off."""
    return f", le {short_day(vote.voted_on)}, séance sans accord" if vote.session_id != row.session_id else ""


def _board_facts(row: Any, names: Mapping[str, str]) -> list[tuple[str, str]]:
    hardship = hardship_of(row)
    return [
        ("Ce qui ne peut pas attendre", row.hardship),
        *[(f"Priorité : {words}", f"{points} points") for words, points in priority_terms(hardship)],
        ("Priorité, en tout", f"{priority_score(hardship)} points"),
        ("Il manque", money(row.missing_cents)), ("Un mois de salaire net", money(row.net_pay_cents)),
        ("Demandée", f"le {short_day(row.referred_on)} par {_who(row.referred_by, names)}"),
        ("Séance", short_day(row.session.held_on) if row.session else ""),
        *[(f"Vote de {_who(vote.member, names)}{_put_off(row, vote)}", f"{money(vote.amount_cents)} {vote.words}")
          for vote in row.votes.order_by("pk")],
        ("Décision", f"{money(row.amount_cents)} {row.decision_words}" if row.state in ("GRANTED", "REFUSED", "PAID", "CLOSED") else ""),
        ("Référence bancaire", row.end_to_end_id),
    ]  # fmt: skip


FACTS = {
    "advances": _advance_facts, "refunds": _refund_facts, "overpayments": _overpayment_facts, "reports": _report_facts,
    "board": _board_facts,
}  # fmt: skip
