"""The receipt of each act: what was done, and what happens next. Sentences that a parent reads aloud."""

from dataclasses import dataclass
from datetime import date

from aripa.models import ActKind, AnswerKind, ParentAct
from portal.frame.templatetags.portal import long_day, money, month_name

HEARD = "Le prochain passage du service, au plus tard demain, en tient compte."


@dataclass(frozen=True)
class Told:
    """A receipt: one sentence, then the steps."""

    done: str
    steps: list[str]


def told(act: ParentAct) -> Told:
    """What the receipt of this act says."""
    return WORDS[ActKind(act.kind)](act)


def _month(act: ParentAct) -> str:
    return month_name(date.fromisoformat(act.facts["month"]))


def _answer(act: ParentAct) -> str:
    return f"Le Service national des pensions vous répond avant le {long_day(act.answer_by)}."


def _already_paid(act: ParentAct) -> Told:
    if act.answer == AnswerKind.CONFIRMED:
        return Told(
            f"Vous avez payé {money(act.facts['cents'])} pour {_month(act)} : l’autre parent l’a confirmé.",
            [HEARD, "Vous ne devez plus cette somme."],
        )
    to_other = act.facts.get("directly")
    asked = (
        "L’autre parent doit confirmer qu’il a bien reçu cette somme." if to_other else "Nous cherchons ce paiement."
    )
    return Told(
        f"Vous dites avoir payé {money(act.facts['cents'])} pour {_month(act)}. C’est noté.",
        ["Aucun recouvrement ne commence et aucun n’avance pendant la vérification.", asked, _answer(act)],
    )  # fmt: skip


def _confirmed(act: ParentAct) -> Told:
    if act.facts.get("settled"):
        return Told(
            f"Vous confirmez avoir reçu {money(act.facts['cents'])} pour {_month(act)}. Cette somme est réglée.",
            [HEARD, "Le service ne verse rien une seconde fois.", "L’autre parent ne doit plus cette somme."],
        )
    steps = ["Une personne règle ce mois avec votre réponse. Rien n’est versé deux fois.", _answer(act)]
    return Told(f"Vous confirmez avoir reçu {money(act.facts['cents'])} pour {_month(act)}.", steps)


def _denied(act: ParentAct) -> Told:
    steps = ["Une personne vérifie la preuve donnée par l’autre parent.", _answer(act)]
    return Told(f"Vous dites ne pas avoir reçu {money(act.facts['cents'])} pour {_month(act)}.", steps)


def _hardship(act: ParentAct) -> Told:
    return Told(
        f"Vous dites ne pas pouvoir tout payer pour {_month(act)}. C’est noté.",
        [_answer(act), "La somme reste due. Payez dès maintenant ce que vous pouvez : cela compte.",
         "Si votre situation dure, seul le juge aux affaires familiales peut changer le montant."],
    )  # fmt: skip


def _plan(act: ParentAct) -> Told:
    return Told(
        f"Votre plan est enregistré : {money(act.facts['monthly'])} par mois, {act.facts['months']} mensualités au plus.",
        [HEARD, "Vous recevez la lettre du plan avec ses dates.", "Payez la première mensualité dans les dix jours.",
         "Une mensualité manquée met fin au plan."],
    )  # fmt: skip


def _means(act: ParentAct) -> Told:
    day = "1er" if act.facts["payment_day"] == 1 else str(act.facts["payment_day"])
    return Told(
        f"Votre choix est enregistré : paiement le {day} du mois.",
        [HEARD, "Un jour fixé par le juge reste celui du juge.", "Le mois déjà commencé ne change pas."],
    )


def _account(act: ParentAct) -> Told:
    steps = [HEARD, "Ce qui est déjà à la banque garde l’ancien compte : laissez-le ouvert jusque-là."]
    if act.facts.get("mandate"):
        steps.append(f"Votre mandat de prélèvement porte la référence {act.facts['mandate']}.")
    return Told(f"Nouveau compte enregistré, finissant par {act.facts['tail']}.", steps)


def _answer_opening(act: ParentAct) -> Told:
    steps = [HEARD, "Quand l’autre parent a répondu aussi, la lettre de mise en place part aux deux."]
    return Told("Votre réponse est complète. Merci.", steps)


def _end(act: ParentAct) -> Told:
    return Told(
        "Votre demande de fin est reçue.",
        [HEARD, "L’autre parent reçoit une lettre. Il a trente jours pour répondre.",
         "S’il accepte, la fin est le premier jour du mois suivant.",
         "S’il refuse ou ne répond pas, rien ne change."],
    )  # fmt: skip


def _end_yes(act: ParentAct) -> Told:
    steps = [HEARD, "La fin est le premier jour du mois suivant.", "Une lettre vous dit qui paie qui à partir de là."]
    return Told("Vous acceptez la fin de l’intermédiation.", steps)


def _end_no(act: ParentAct) -> Told:
    return Told("Vous refusez la fin de l’intermédiation.", [HEARD, "L’intermédiation continue comme avant."])


def _offset(act: ParentAct) -> Told:
    return Told(
        f"Vous acceptez que {money(act.facts['cents'])} soient déduits de vos prochains versements.",
        [HEARD, "Chaque déduction est écrite sur votre relevé.", "Quand tout est rendu, les versements reprennent entiers."],
    )  # fmt: skip


def _repay(act: ParentAct) -> Told:
    steps = ["Faites le virement avec la référence indiquée sur la page.", "Nous vous écrivons quand il est arrivé."]
    return Told(f"Vous choisissez de rendre {money(act.facts['cents'])} en une fois.", steps)


def _arrears(act: ParentAct) -> Told:
    return Told(
        f"Vous demandez {money(act.facts['cents'])} pour {act.facts['months']} mois passés.",
        [HEARD, "L’autre parent reçoit une lettre. Il a trente jours pour payer ou proposer un plan.",
         "Sans paiement ni plan, nous recouvrons ces sommes pour vous."],
    )  # fmt: skip


def _release(act: ParentAct) -> Told:
    steps = [HEARD, "Si six mois de suite sont payés et que rien ne reste dû, le recouvrement s’arrête.",
             "Sinon, une personne vous écrit ce qui manque."]  # fmt: skip
    return Told("Votre demande d’arrêt du recouvrement est reçue.", steps)


def _asf(act: ParentAct) -> Told:
    if not act.events:
        return Told("Votre demande d’ASF est reçue.", [
            "Nous savons que vous avez vécu en couple. Ajoutez un justificatif de votre situation.", _answer(act),
        ])  # fmt: skip
    return Told(
        "Votre demande d’ASF est reçue. Elle vaut tant que la pension manque ou reste petite.",
        [HEARD, "Chaque mois est examiné au début du mois suivant.",
         "L’aide commence au deuxième mois de suite sans pension, ou avec une pension plus petite que l’aide.",
         "Dites-le nous si vous vivez de nouveau en couple : l’aide n’est plus due à partir de ce mois."],
    )  # fmt: skip


def _request(act: ParentAct) -> Told:
    return Told(
        "Votre demande d’intermédiation est reçue.",
        [_answer(act), "Une personne vérifie votre décision ou votre accord, puis ouvre le dossier.",
         "L’autre parent reçoit une lettre qui demande ses informations. Il a quinze jours pour répondre.",
         "En attendant, la pension se paie comme avant, directement."],
    )  # fmt: skip


WORDS = {
    ActKind.ALREADY_PAID: _already_paid, ActKind.CONFIRMED: _confirmed, ActKind.DENIED: _denied,
    ActKind.HARDSHIP: _hardship, ActKind.PLAN: _plan, ActKind.MEANS: _means, ActKind.ACCOUNT: _account,
    ActKind.ANSWER: _answer_opening, ActKind.END: _end, ActKind.END_YES: _end_yes, ActKind.END_NO: _end_no,
    ActKind.OFFSET: _offset, ActKind.REPAY: _repay, ActKind.ARREARS: _arrears, ActKind.RELEASE: _release,
    ActKind.REQUEST: _request, ActKind.ASF: _asf,
}  # fmt: skip
