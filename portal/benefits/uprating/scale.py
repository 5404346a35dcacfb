"""The amounts of one child by the figures in force and by the value announced: what the circular's own tables say."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.benefits.rules import ars_child, ars_share
from portal.benefits.rules.aeeh import AeehChild, aeeh_of_child
from portal.benefits.rules.ars_figures import term_day
from portal.benefits.rules.figures import ARS_PAYMENT, ARS_TERM
from portal.benefits.uprating.amounts import Sides
from portal.legislation.figures import figures_on
from portal.legislation.parameters import NoParameterInForce, Parameters

WHOLE_RATE, CATEGORIES, WITH_INCREASE = 80, range(1, 7), 2
BANDS = (("6 à 10 ans", "rate_6_10"), ("11 à 14 ans", "rate_11_14"), ("15 à 18 ans", "rate_15_18"))


@dataclass(frozen=True)
class Line:
    """One amount before and after, in cents; None while a figure of it is not known."""

    label: str
    before_cents: int | None
    after_cents: int | None

    @property
    def difference_cents(self) -> int | None:
        if self.before_cents is None or self.after_cents is None:
            return None
        return self.after_cents - self.before_cents


def scale_of(sides: Sides) -> list[Line]:
    """The AEEH of a month, then the ARS of a child, after CRDS."""
    base = _aeeh("AEEH, base", sides, AeehChild(WHOLE_RATE), "base_cents")
    complements = [
        _aeeh(f"AEEH, complément {number}", sides, AeehChild(WHOLE_RATE, complement=number), "complement_cents")
        for number in CATEGORIES
    ]
    increases = [
        _aeeh(f"AEEH, parent isolé, complément {number}", sides,
              AeehChild(WHOLE_RATE, complement=number, isolated_parent=True), "increase_cents")
        for number in CATEGORIES if number >= WITH_INCREASE
    ]  # fmt: skip
    return [base, *complements, *increases, *(_ars(label, rate, sides) for label, rate in BANDS)]


def _aeeh(label: str, sides: Sides, child: AeehChild, step: str) -> Line:
    def amount(parameters: Parameters) -> int | None:
        row = aeeh_of_child(child, month=sides.month, territory="METROPOLE", parameters=parameters)
        unknown = step == "complement_cents" and row["refusal"] is not None
        return None if unknown else int(row[step])

    return _both(label, sides, amount)


def _ars(label: str, rate: str, sides: Sides) -> Line:
    """What a child opens, the family's resources being within the ceiling: no ceiling is needed to tell it."""

    def amount(parameters: Parameters) -> int:
        term = sides.term
        paid = figures_on(ARS_PAYMENT, term.amounts_on, parameters)
        share = figures_on({rate: ARS_TERM[rate]}, term_day(term.school_year, parameters), parameters)[rate]
        gross = ars_child.full_cents(True, paid["bmaf"], share)  # type: ignore[arg-type]  # noqa: FBT003
        crds = ars_share.child_crds_cents(True, gross, gross, paid["crds_rate"])  # type: ignore[arg-type]  # noqa: FBT003
        return int(gross - crds)  # type: ignore[call-overload]

    return _both(f"ARS, {label}, après CRDS", sides, amount)


def _both(label: str, sides: Sides, amount: Callable[[Parameters], int | None]) -> Line:
    return Line(label, _known(amount, sides.before), _known(amount, sides.after))


def _known(amount: Callable[[Parameters], int | None], parameters: Parameters) -> int | None:
    try:
        return amount(parameters)
    except NoParameterInForce:
        return None
