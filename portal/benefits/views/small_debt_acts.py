"""What may be done with a sum paid in excess: the fields of each act, what it would change, and the operation that does it."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.benefits.models import Benefit, BenefitOverpayment, OverpaymentActKind, OverpaymentCause, OverpaymentState
from portal.benefits.small import agreeing, causing, contesting, remitting
from portal.benefits.small.owed import DebtRefused, Told, check_day
from portal.frame.templatetags.portal import long_day, money, month_name

TO_RECOVER, CONTESTED = OverpaymentState.TO_RECOVER, OverpaymentState.CONTESTED


@dataclass(frozen=True)
class Typed:
    """What the form says, beside who says it."""

    cents: int
    cause: str


# What an act would change, in sentences; and what it did, with whether that was done before. Both raise DebtRefused.
Preview = Callable[[BenefitOverpayment, Typed, Told], list[str]]
Do = Callable[[BenefitOverpayment, Typed, Told], tuple[str, bool]]


@dataclass(frozen=True)
class Act:
    """One act: `day`, `amount` and `words` label its fields, an empty label is no field; `is_open` says of which sums."""

    name: str
    label: str
    is_open: Callable[[BenefitOverpayment], bool]
    preview: Preview
    do: Do
    words: str
    day: str = ""
    amount: str = ""
    asks_cause: bool = False


def _contest_told(debt: BenefitOverpayment, typed: Typed, told: Told) -> list[str]:
    check_day(told, since=debt.noted_on)
    agreed = "L’accord de la famille ne vaut plus pour cette somme. " if _is_agreed(debt) else ""
    return [
        f"{money(debt.left_cents)} : rien n’est retenu jusqu’à la décision de la commission. {agreed}".strip(),
        "Un courrier le dit à la famille.",
    ]


def _confirm_told(debt: BenefitOverpayment, typed: Typed, told: Told) -> list[str]:
    check_day(told, since=contesting.contested_on(debt.pk))
    return [
        f"{money(debt.left_cents)} redeviennent à récupérer. Rien n’est retenu sans un nouvel accord de la famille, ni avant la fin "
        "de son délai pour saisir le tribunal.",
        "Un courrier lui dit la décision et comment la contester.",
    ]


def _cancel_told(debt: BenefitOverpayment, typed: Typed, told: Told) -> list[str]:
    check_day(told, since=contesting.contested_on(debt.pk))
    withheld = sum(debt.deductions.values_list("amount_cents", flat=True))
    told_back = [
        f"{money(withheld)} avaient été retenus avec son accord : le courrier lui dit qu’ils lui sont rendus. Si le mois est "
        "corrigé, l’arrêté suivant les envoie : ne les rendez pas une seconde fois."
    ]
    return [
        f"{money(debt.left_cents)} ne sont plus demandés à la famille. Cela ne se défait pas.", *(told_back if withheld else []),
        "Un courrier le lui dit.",
    ]  # fmt: skip


def _remit_told(debt: BenefitOverpayment, typed: Typed, told: Told) -> list[str]:
    remitting.check_remission(debt, typed.cents, told)
    left = f"Il restera {money(debt.left_cents - typed.cents)} à rendre."
    if remitting.needs_two(debt, typed.cents, told.on) and remitting.proposal_of(debt) is None:
        from_cents = money(remitting.four_eyes_from(told.on))
        return [
            f"À partir de {from_cents}, une autre personne décide : vous proposez, rien n’est remis avant sa décision.",
            left,
        ]
    return [f"{money(typed.cents)} sont remis. Cela ne se défait pas.", left, "Un courrier le dit à la famille."]


def _refuse_told(debt: BenefitOverpayment, typed: Typed, told: Told) -> list[str]:
    return ["Rien n’est remis. Le courrier dit à la famille votre raison, mot pour mot, et comment contester."]


def _cause_told(debt: BenefitOverpayment, typed: Typed, told: Told) -> list[str]:
    said = causing.weigh(debt, typed.cause, told.on)
    label = OverpaymentCause(typed.cause).label
    if not said.earlier:
        added = f"Aucune autre somme abandonnée n’a pour cause « {label} »."
    else:
        added = f"Avec {len(said.earlier)} déjà abandonnées pour « {label} » : {money(said.total_cents)} en tout."
    if said.takes_up:
        return [
            added,
            "Le seuil est atteint : elles deviennent à récupérer, et un courrier part. Rien n’est retenu sans accord.",
        ]
    return [added, "Rien d’autre ne change, et aucun courrier ne part."]


def _agree_told(debt: BenefitOverpayment, typed: Typed, told: Told) -> list[str]:
    plan = agreeing.schedule(
        fund=debt.fund, beneficiary_no=debt.beneficiary_no, benefit=debt.benefit, each_cents=typed.cents, on=told.on
    )  # fmt: skip
    # Nobody agrees to give back what they do not know of.
    check_day(told, since=max(one.noted_on for one in plan.debts))
    every = "à chaque rentrée" if debt.benefit == Benefit.ARS else "par mois"
    replaced = [f"L’accord d’avant ({money(plan.replaces.each_cents)}) prend fin."] if plan.replaces else []
    return [
        f"{money(plan.left_cents)} restent à rendre ({len(plan.debts)} somme{'s' if len(plan.debts) > 1 else ''}) : "
        f"{money(plan.each_cents)} {every} au plus, sur cette allocation seule.",
        f"Au plus tôt en {month_name(plan.first)}, en {plan.times} fois, jusqu’en {month_name(plan.last)} "
        f"({money(plan.last_cents)} la dernière fois), si chaque versement y suffit.",
        *replaced, "Un courrier redit l’accord à la famille, et comment le retirer.",
    ]  # fmt: skip


def _withdraw_told(debt: BenefitOverpayment, typed: Typed, told: Told) -> list[str]:
    return [
        "Plus rien n’est retenu, même par un arrêté déjà calculé : il se calcule à nouveau.", "Un courrier le dit à la famille.",
    ]  # fmt: skip


def _contest(debt: BenefitOverpayment, typed: Typed, told: Told) -> tuple[str, bool]:
    _act, again = contesting.contest(overpayment_pk=debt.pk, told=told)
    return "Contestation notée : rien n’est retenu jusqu’à la décision de la commission.", again


def _confirm(debt: BenefitOverpayment, typed: Typed, told: Told) -> tuple[str, bool]:
    _act, again = contesting.confirm(overpayment_pk=debt.pk, told=told)
    return "La décision de la commission est notée : la somme est à récupérer, avec l’accord de la famille.", again


def _cancel(debt: BenefitOverpayment, typed: Typed, told: Told) -> tuple[str, bool]:
    _act, again = contesting.cancel(overpayment_pk=debt.pk, told=told)
    return "La décision de la commission est notée : la famille ne doit plus rien pour cette somme.", again


def _remit(debt: BenefitOverpayment, typed: Typed, told: Told) -> tuple[str, bool]:
    act, again = remitting.remit(overpayment_pk=debt.pk, cents=typed.cents, told=told)
    cents = money(act.amount_cents)
    if act.kind == OverpaymentActKind.PROPOSED:
        return f"Remise de {cents} proposée : une autre personne décide.", again
    return f"Remise de {cents} accordée.", again


def _refuse(debt: BenefitOverpayment, typed: Typed, told: Told) -> tuple[str, bool]:
    _act, again = remitting.refuse_remission(overpayment_pk=debt.pk, told=told)
    return "Remise refusée : un courrier dit pourquoi à la famille.", again


def _cause(debt: BenefitOverpayment, typed: Typed, told: Told) -> tuple[str, bool]:
    _act, again = causing.tell_cause(overpayment_pk=debt.pk, cause=typed.cause, told=told)
    return "La cause est dite.", again


def _agree(debt: BenefitOverpayment, typed: Typed, told: Told) -> tuple[str, bool]:
    agreed, again = agreeing.agree(
        fund=debt.fund, beneficiary_no=debt.beneficiary_no, benefit=debt.benefit, each_cents=typed.cents, told=told
    )  # fmt: skip
    return f"Accord du {long_day(agreed.agreed_on)} noté : {money(agreed.each_cents)} à chaque fois, au plus.", again


def _withdraw(debt: BenefitOverpayment, typed: Typed, told: Told) -> tuple[str, bool]:
    if debt.agreement_id is None:
        raise DebtRefused("La famille n’a donné aucun accord pour cette somme.")
    _agreed, again = agreeing.withdraw(
        agreement_pk=debt.agreement_id, words=told.words, form_key=told.form_key, by=told.by, on=told.on
    )  # fmt: skip
    return "Accord retiré : plus rien n’est retenu.", again


def _is_agreed(debt: BenefitOverpayment) -> bool:
    return debt.agreement is not None and debt.agreement.is_live


def _is_to_recover(debt: BenefitOverpayment) -> bool:
    return debt.state == TO_RECOVER


def _is_contested(debt: BenefitOverpayment) -> bool:
    return debt.state == CONTESTED


def _is_owed(debt: BenefitOverpayment) -> bool:
    return debt.state in (TO_RECOVER, CONTESTED)


def _is_unsaid(debt: BenefitOverpayment) -> bool:
    return debt.cause == OverpaymentCause.CORRECTED and debt.state in causing.OPEN


WORDS, WHY = "Dans quels mots, en une ligne", "Pourquoi, en une ligne"
ACTS = {
    act.name: act
    for act in (
        Act(
            "accord",
            "Noter un accord de la famille",
            _is_to_recover,
            _agree_told,
            _agree,
            WORDS,
            "Accord donné le",
            "À chaque fois",
        ),
        Act("retirer", "Retirer l’accord", _is_agreed, _withdraw_told, _withdraw, WORDS),
        Act("contester", "Noter une contestation", _is_to_recover, _contest_told, _contest, WORDS, "Contestée le"),
        Act("confirmer", "La commission confirme", _is_contested, _confirm_told, _confirm, WHY, "Décision du"),
        Act(
            "annuler",
            "La commission donne raison à la famille",
            _is_contested,
            _cancel_told,
            _cancel,
            WHY,
            "Décision du",
        ),
        Act("remettre", "Remettre, tout ou partie", _is_owed, _remit_told, _remit, WHY, amount="Montant remis"),
        Act("refuser", "Refuser une remise", _is_owed, _refuse_told, _refuse, "Pourquoi : la famille le lira"),
        Act("cause", "Dire la cause", _is_unsaid, _cause_told, _cause, "Ce qui s’est passé", asks_cause=True),
    )
}
