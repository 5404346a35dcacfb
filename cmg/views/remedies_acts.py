"""What may be done with each remedy on its page: the act, its fields, and the operation that does it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cmg.family.control import control_family
from cmg.remedies import advances, board, following, overpayments, refunds, reports
from cmg.remedies.limits import RemedyRefused
from portal.accounts.permissions import moment_on

Sent = Mapping[str, str]
DAY_WRITTEN = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\d", re.ASCII)
Do = Callable[[Any, Sent, str, date], object]


@dataclass(frozen=True)
class Input:
    """One field of an act. `kind`: text, textarea, euros, date or number."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    value: str = ""
    required: bool = True


@dataclass(frozen=True)
class Act:
    """One thing that a person may do while the row is in one of `states`."""

    name: str
    label: str
    states: tuple[str, ...]
    do: Do
    done: str
    inputs: tuple[Input, ...] = ()
    says: str = ""
    heavy: bool = False


def cents_of(text: str) -> int:
    """Cents of ``1 234,56``. Raises RemedyRefused."""
    found = re.fullmatch(r"(\d{1,7})(?:[.,](\d{1,2}))?", re.sub(r"[\s\u00a0€]", "", text))
    if found is None:
        raise RemedyRefused("Le montant s’écrit en euros, par exemple 295,62.")
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def day_of(text: str) -> date:
    """A day as date fields send it, or as people write it, of a year that people live in. Raises RemedyRefused."""
    written = "-".join(part.zfill(2) for part in reversed(text.strip().split("/")))
    try:
        if not DAY_WRITTEN.fullmatch(written):
            raise ValueError(written[:20])
        return date.fromisoformat(written)
    except ValueError as wrong:
        raise RemedyRefused("La date s’écrit 10/12/2026.") from wrong


def count_of(text: str) -> int:
    """A whole number. Raises RemedyRefused."""
    if not text.strip().isdecimal() or len(text.strip()) > 6:
        raise RemedyRefused("Écrivez un nombre entier, par exemple 3.")
    return int(text)


def words_of(text: str) -> str:
    """Words that somebody will read. Raises RemedyRefused when there is none."""
    if not text.replace("\x00", "").strip():
        raise RemedyRefused("Dites pourquoi, en une phrase : elle sera lue.")
    return text.replace("\x00", "").strip()


WHY = Input("reason", "Pourquoi", "textarea", "La famille lira cette raison.")
INSIDE = Input("reason", "Pourquoi", "textarea", "Cette raison est gardée dans l’histoire du dossier.")
ADVANCE_ACTS = (
    Act("grant", "Accorder et verser", ("PROPOSED",),
        lambda row, sent, by, on: advances.grant_advance(advance_pk=row.pk, by=by, on=on),
        "Avance accordée : le virement part avec le fichier du jour, la famille reçoit un courrier.",
        says="Rien n’en sera déduit avant que le dossier soit réglé."),
    Act("refuse", "Refuser", ("PROPOSED",),
        lambda row, sent, by, on: advances.refuse_advance(
            advance_pk=row.pk, refusal=words_of(sent["reason"]), by=by, on=on),
        "Avance refusée : la famille reçoit la raison et ses recours.", (WHY,)),
    Act("convert", "Transformer en somme versée en trop", ("PAID", "PARTLY_NETTED"),
        lambda row, sent, by, on: advances.convert_advance(
            advance_pk=row.pk, cause=words_of(sent["reason"])[:300], by=by, on=on),
        "L’avance est devenue une somme versée en trop, de notre fait : rien n’est pris sans décision.", (WHY,),
        says="Seulement quand il est sûr qu’il n’y a aucun droit.", heavy=True),
    Act("cancel", "Annuler : le virement est revenu", ("GRANTED", "PAID"),
        lambda row, sent, by, on: advances.cancel_advance(
            advance_pk=row.pk, reason=words_of(sent["reason"]), by=by, on=on),
        "Avance annulée : la famille ne l’a pas reçue, rien n’en sera déduit. Elle reçoit un courrier.", (WHY,),
        says="Seulement quand la banque a renvoyé le virement, et qu’il ne sera pas renvoyé à la famille."),
    Act("waive", "Abandonner ce qui reste", ("PAID", "PARTLY_NETTED"),
        lambda row, sent, by, on: advances.waive_advance(
            advance_pk=row.pk, reason=words_of(sent["reason"])[:300], by=by, on=on),
        "Ce qui restait à déduire est abandonné.", (INSIDE,), heavy=True),
)  # fmt: skip
REFUND_ACTS = (
    Act("verify", "Refaire le mois et vérifier", ("REQUESTED", "DETECTED"),
        lambda row, sent, by, on: refunds.check_refund(refund_pk=row.pk, by=by, on=on),
        "Le mois a été refait sur ce qui est connu aujourd’hui.",
        says="Le mois est calculé à nouveau, rien ne bouge. L’argent part avec la correction du mois."),
    Act("reject", "Refuser", ("REQUESTED", "DETECTED", "VERIFIED"),
        lambda row, sent, by, on: refunds.reject_refund(refund_pk=row.pk, refusal=words_of(sent["reason"]), by=by),
        "Remboursement refusé.", (WHY,)),
)  # fmt: skip
OVERPAYMENT_ACTS = (
    Act("notify", "Notifier à la famille", ("OPENED",),
        lambda row, sent, by, on: overpayments.notify_overpayment(overpayment_pk=row.pk, by=by, on=on),
        "C’est fait : notifiée, avec vingt jours pour répondre ; sous le seuil légal, abandonnée.",
        says="Le courrier ci-contre part tel quel. Sous le seuil légal, la somme est abandonnée sans courrier."),
    Act("confirm", "Confirmer la somme", ("NOTIFIED", "CONTESTED"),
        lambda row, sent, by, on: overpayments.confirm_overpayment(
            overpayment_pk=row.pk, reason=words_of(sent["reason"]), by=by, on=on),
        "La somme est confirmée. Rien n’est prélevé tant qu’un remboursement n’est pas convenu.", (INSIDE,)),
    Act("instalments", "Convenir d’un remboursement", ("CONFIRMED",),
        lambda row, sent, by, on: overpayments.agree_instalments(
            overpayment_pk=row.pk, months=count_of(sent["months"]), first_due_on=day_of(sent["first_due_on"]), by=by,
            on=on),
        "Remboursement convenu : la famille reçoit ses échéances.",
        (Input("months", "Nombre de mois (1 à 12)", "number"),
         Input("first_due_on", "Première échéance", "date", "Par exemple 10/12/2026.")),
        says="Avec l’accord de la famille : une part par mois, par prélèvement."),
    Act("propose_remission", "Proposer une remise", ("NOTIFIED", "CONTESTED", "CONFIRMED", "RECOVERING"),
        lambda row, sent, by, on: overpayments.propose_remission(overpayment_pk=row.pk, by=by),
        "Remise proposée : au-delà du seuil, une autre personne la décide.", heavy=True),
    Act("remit", "Accorder la remise", ("NOTIFIED", "CONTESTED", "CONFIRMED", "RECOVERING"),
        lambda row, sent, by, on: overpayments.remit_overpayment(
            overpayment_pk=row.pk, reason=words_of(sent["reason"]), by=by, on=on),
        "Remise accordée : la famille n’a plus rien à rendre, elle reçoit un courrier.", (WHY,), heavy=True),
    Act("cancel", "Annuler : la somme n’était pas en trop", ("OPENED", "NOTIFIED", "CONTESTED", "CONFIRMED", "RECOVERING"),
        lambda row, sent, by, on: overpayments.cancel_overpayment(
            overpayment_pk=row.pk, reason=words_of(sent["reason"]), by=by, on=on),
        "Somme annulée.", (INSIDE,), heavy=True),
)  # fmt: skip
REPORT_ACTS = (
    Act("control", "Refaire le contrôle complet", ("OPEN", "LINKED", "NEW_ANOMALY"),
        lambda row, sent, by, on: control_family(report_pk=row.pk, on=on, by=by),
        "Le contrôle est refait sur ce qui est connu maintenant."),
    Act("answer", "Répondre", ("OPEN", "LINKED", "NEW_ANOMALY"),
        lambda row, sent, by, on: reports.answer_report(
            report_pk=row.pk, answer=words_of(sent["answer"]), by=by, at=moment_on(on)),
        "Réponse envoyée : la famille la lit dans son espace et reçoit un courrier.",
        (Input("answer", "Votre réponse", "textarea", "Dans les mots de la famille : ce qui s’est passé, ce que nous faisons, quand."),),
        says="Le prélèvement, s’il était arrêté par ce signalement, pourra repartir à la prochaine clôture."),
    Act("reopen", "Rouvrir", ("ANSWERED", "CLOSED"),
        lambda row, sent, by, on: reports.reopen_report(report_pk=row.pk, by=by, at=moment_on(on)),
        "Signalement rouvert sous le même numéro."),
)  # fmt: skip
BOARD_ACTS = (
    Act("complete", "Le dossier est complet", ("REFERRED",),
        lambda row, sent, by, on: board.complete_case(case_pk=row.pk, by=by), "Dossier complet."),
    Act("withdraw", "Clore sans décision", ("REFERRED", "COMPLETE"),
        lambda row, sent, by, on: board.withdraw_case(case_pk=row.pk, reason=words_of(sent["reason"]), by=by),
        "Demande close.", (WHY,), says="La famille n’en a plus besoin, ou une autre aide est arrivée.", heavy=True),
    Act("schedule", "Inscrire à une séance", ("COMPLETE",),
        lambda row, sent, by, on: board.schedule_case(case_pk=row.pk, held_on=day_of(sent["held_on"]), by=by, on=on),
        "Demande inscrite.", (Input("held_on", "Jour de la séance", "date", "Par exemple 27/10/2026."),)),
    Act("vote", "Voter", ("SCHEDULED",),
        lambda row, sent, by, on: board.vote(
            case_pk=row.pk, amount_cents=cents_of(sent["amount"]), words=sent.get("words", "").replace("\x00", ""),
            by=by, on=on),
        "Vote enregistré. Deux membres d’accord décident.",
        (Input("amount", "Aide, en euros (0 pour refuser)", "euros"),
         Input("words", "Vos raisons", "textarea", "Obligatoire pour un refus : la famille les lira.", required=False)),
        says="Deux membres qui proposent le même montant décident ; l’aide n’est jamais déduite du CMG."),
    Act("postpone", "Reporter à une autre séance", ("SCHEDULED",),
        lambda row, sent, by, on: board.postpone_case(case_pk=row.pk, held_on=day_of(sent["held_on"]), by=by, on=on),
        "Demande reportée : chaque membre vote à nouveau.",
        (Input("held_on", "Jour de la nouvelle séance", "date", "Par exemple 05/11/2026."),),
        says="Quand la séance n’a pas décidé : chaque membre a proposé un montant différent, ou il en manquait un.",
        heavy=True),
)  # fmt: skip
ACTS = {
    "advances": ADVANCE_ACTS, "refunds": REFUND_ACTS, "overpayments": OVERPAYMENT_ACTS, "reports": REPORT_ACTS,
    "board": BOARD_ACTS,
}  # fmt: skip


def acts_for(kind: str, row: Any) -> list[Act]:
    """What may be done with the row as it stands."""
    return [act for act in ACTS[kind] if row.state in act.states]


def do_act(kind: str, row: Any, sent: Sent, *, by: str, on: date) -> str:
    """Do the act that was sent; returns what was done. Raises RemedyRefused, MoveNotAllowed."""
    act = next((one for one in ACTS[kind] if one.name == sent.get("act")), None)
    if act is None:
        raise RemedyRefused("Choisissez une action de cette page.")
    act.do(row, sent, by, on)
    return act.done


def send_again(order_pk: int, *, by: str, on: date) -> str:
    """Send a returned transfer to the family's other account; returns the new reference."""
    return following.resend(order_pk=order_pk, by=by, on=on)
