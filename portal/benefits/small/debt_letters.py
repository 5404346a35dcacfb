"""The letters about what is decided of a sum paid in excess: asked for in the transaction of what they tell."""

from datetime import date

from portal.benefits.models import Benefit, BenefitOverpayment, OverpaymentAct, OverpaymentCause, RepaymentAgreement
from portal.benefits.persons.selectors import subject_of
from portal.benefits.small.letters import recipients
from portal.letters.kinds import LetterKind, register
from portal.letters.operations import ask_letter
from portal.organisations.serving import name_on

CONTESTED, CONFIRMED, CANCELLED = "benefits.debt_contested", "benefits.debt_confirmed", "benefits.debt_cancelled"
REMITTED, REFUSED = "benefits.debt_remitted", "benefits.debt_refused"
AGREED, WITHDRAWN = "benefits.debt_agreed", "benefits.debt_withdrawn"
TEMPLATE = "letters/benefits/debt.html"
TITLES = {
    CONTESTED: "Nous avons noté que vous contestez une somme", CONFIRMED: "La commission a confirmé la somme versée en trop",
    CANCELLED: "La commission vous a donné raison", REMITTED: "Une remise vous est accordée",
    REFUSED: "Votre demande de remise", AGREED: "Votre accord pour rendre une somme", WITHDRAWN: "Votre accord a pris fin",
}  # fmt: skip
NEEDS = {AGREED: ("each_cents", "left_cents", "first", "last"), WITHDRAWN: ("withdrawn_on",)}
OF_A_SUM = ("month", "amount_cents", "told_on")


def register_debt_letters() -> None:
    """Make them known to the kernel."""
    for code, title in TITLES.items():
        needs = ("recipient", "benefit", "act", *NEEDS.get(code, OF_A_SUM))
        register(LetterKind(code, title, TEMPLATE, needs, ("CSS L. 553-2", "CSS R. 142-1")))


def tell_contested(debt: BenefitOverpayment, act: OverpaymentAct) -> None:
    _tell(CONTESTED, debt, act)


def tell_confirmed(debt: BenefitOverpayment, act: OverpaymentAct) -> None:
    _tell(CONFIRMED, debt, act)


def tell_cancelled(debt: BenefitOverpayment, act: OverpaymentAct) -> None:
    """What was withheld before, by an agreement made before the family contested, is given back by the fund."""
    withheld = sum(debt.deductions.values_list("amount_cents", flat=True))
    _tell(CANCELLED, debt, act, withheld_cents=withheld)


def tell_remitted(debt: BenefitOverpayment, act: OverpaymentAct) -> None:
    _tell(REMITTED, debt, act)


def tell_remission_refused(debt: BenefitOverpayment, act: OverpaymentAct) -> None:
    _tell(REFUSED, debt, act, words=act.words)


def _tell(kind: str, debt: BenefitOverpayment, act: OverpaymentAct, **more: object) -> None:
    facts = _to(debt.fund, debt.beneficiary_no, debt.benefit, act.done_on) | {
        "act": kind, "month": debt.month.isoformat(), "amount_cents": act.amount_cents or debt.left_cents,
        "left_cents": debt.left_cents, "told_on": act.told_on.isoformat(),
        "cause": "" if debt.cause == OverpaymentCause.CORRECTED else debt.get_cause_display(),
    }  # fmt: skip
    ask_letter(
        kind=kind, key=f"overpayment:{debt.pk}:act-{act.pk}", subject=subject_of(debt.fund, debt.beneficiary_no),
        facts=facts | more, dated=act.done_on, by=act.done_by,
    )  # fmt: skip


def tell_agreed(agreed: RepaymentAgreement, left_cents: int, first: date, last: date, *, by: str, on: date) -> None:
    """What the family agreed to, in its own hands: how much, on what, until when, and how to take it back."""
    _tell_agreement(AGREED, agreed, by, on, {
        "each_cents": agreed.each_cents, "left_cents": left_cents, "first": first.isoformat(), "last": last.isoformat(),
    })  # fmt: skip


def tell_withdrawn(agreed: RepaymentAgreement, *, by: str, on: date) -> None:
    _tell_agreement(WITHDRAWN, agreed, by, on, {"withdrawn_on": on.isoformat()})


def _tell_agreement(kind: str, agreed: RepaymentAgreement, by: str, on: date, more: dict[str, object]) -> None:
    facts = _to(agreed.fund, agreed.beneficiary_no, agreed.benefit, on) | {"act": kind} | more
    ask_letter(
        kind=kind, key=f"repayment:{agreed.pk}:{kind}", subject=subject_of(agreed.fund, agreed.beneficiary_no),
        facts=facts, dated=on, by=by,
    )  # fmt: skip


def _to(fund: str, beneficiary_no: str, benefit: str, on: date) -> dict[str, object]:
    family = fund, beneficiary_no
    return {
        "recipient": recipients([family])[family], "sender": name_on(fund, on), "benefit": Benefit(benefit).label,
        "is_yearly": benefit == Benefit.ARS,
    }  # fmt: skip
