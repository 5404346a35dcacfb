"""How each step of an amount is worked out, with its figures, so that a calculator finds the same cents.

One function per step, named after it: from the facts, figures and other steps (`v`) to arithmetic that people can type,
or to words where the step is a choice. What a function reads of `v` is what the page lists as figures used.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format

from cmg.rules.refusals import REFUSALS
from portal.frame.figures import NO_BREAK, number

ORDINALS = ("premier", "deuxième", "troisième", "quatrième", "cinquième")
MODES = {"CHILDMINDER": "assistante maternelle ou assistant maternel", "HOME_EMPLOYEE": "garde à domicile"}


@dataclass(frozen=True)
class Worked:
    """`arithmetic` to type (empty for a choice), bounds that cut its result, `words` that say the rest."""

    arithmetic: str = ""
    at_least: str = ""
    at_most: str = ""
    words: str = ""

    @property
    def sentence(self) -> str:
        bounds = [
            f"au moins {self.at_least}" if self.at_least else "",
            f"au plus {self.at_most}" if self.at_most else "",
        ]
        return ", ".join(part for part in (self.arithmetic, *bounds, self.words) if part)


Formula = Callable[[Any], Worked]
FORMULAS: dict[str, Formula] = {}


def worked(function: Formula) -> Formula:
    FORMULAS[function.__name__] = function
    return function


def eur(cents: int, digits: int = 2) -> str:
    return f"{number(cents, digits, 2)}{NO_BREAK}€"


def euros(whole: int) -> str:
    return f"{number(whole)}{NO_BREAK}€"


def percent(millionths: int) -> str:
    return f"{number(millionths, 4)}{NO_BREAK}%"


def hours(hundredths: int | None) -> str:
    return f"{number(hundredths or 0, 2)}{NO_BREAK}h"


def _of(v: Any, name: str) -> Any:
    """The figure of this declaration's mode."""
    return getattr(v, f"{name}_{'childminder' if v.is_childminder else 'home_employee'}")


def _refused(v: Any) -> str:
    return f"pas d’aide : {REFUSALS[v.refusal].message}" if v.refusal else ""


@worked
def is_childminder(v: Any) -> Worked:
    return Worked(words=MODES[v.care_mode])


@worked
def gross_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.net_salary_cents)} ÷ (100 % − {percent(_of(v, 'employee_rate'))})")


@worked
def employee_share_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.gross_cents)} − {eur(v.net_salary_cents)}")


@worked
def employer_share_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.gross_cents)} × {percent(_of(v, 'employer_rate'))}")


@worked
def contributions_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.employee_share_cents)} + {eur(v.employer_share_cents)}")


@worked
def deduction_cents(v: Any) -> Worked:
    if v.is_childminder:
        return Worked(words="pour la garde à domicile seulement")
    hourly = v.home_deduction_overseas if v.territory == "OVERSEAS" else v.home_deduction
    return Worked(f"{hours(v.hours_hundredths)} × {eur(hourly)}")


@worked
def age_in_months(v: Any) -> Worked:
    born, month = _month(v.birth_month), _month(v.month_index)
    return Worked(words=f"de {born} à {month}" if v.birth_month else "date de naissance inconnue")


def _month(index: int) -> str:
    return date_format(date(index // 12, index % 12 + 1, 1), "F Y").lower() if index >= 12 else "?"


@worked
def is_under_age_limit(v: Any) -> Worked:
    limit = v.age_limit_isolated if v.isolated_parent else v.age_limit
    return Worked(words=f"limite : {limit} ans, mois de l’anniversaire compris")


@worked
def is_under_three(v: Any) -> Worked:
    return Worked(words="36 mois au plus")


@worked
def right_refusal(v: Any) -> Worked:
    return Worked(words="" if v.right_refusal else "droit ouvert, âge, congé parental et territoire vérifiés")


@worked
def refusal(v: Any) -> Worked:
    return Worked(words="" if v.refusal else "ressources, enfants et temps de garde connus")


@worked
def monthly_cost_cents(v: Any) -> Worked:
    if not v.is_childminder:
        return Worked(eur(v.net_salary_cents), words="salaire net")
    parts = (v.net_salary_cents, v.maintenance_allowance_cents, v.meal_allowance_cents)
    return Worked(" + ".join(map(eur, parts)), words="salaire net, entretien, repas")


@worked
def excluded_indemnities_cents(v: Any) -> Worked:
    return (
        Worked(eur(v.terminal_indemnities_cents)) if v.terminal_excluded else Worked(words="comptées dans le plafond")
    )


@worked
def hourly_cap_cents(v: Any) -> Worked:
    return Worked(eur(_of(v, "hourly_cap")), words="barème du mois")


@worked
def capped_cost(v: Any) -> Worked:
    return Worked(f"{eur(v.hourly_cap_cents)} × {hours(v.hours_hundredths)}")


@worked
def hourly_cap_exceeded(v: Any) -> Worked:
    cost, word = (
        v.monthly_cost_cents - v.excluded_indemnities_cents,
        "dépasse" if v.hourly_cap_exceeded else "ne dépasse pas",
    )
    return Worked(words=f"{eur(cost)} {word} {eur(v.capped_cost or 0, 4)}")


@worked
def counted_cost(v: Any) -> Worked:
    if v.hourly_cap_exceeded:
        return Worked(f"{eur(v.capped_cost, 4)} + {eur(v.excluded_indemnities_cents)}", words="limité au plafond")
    return Worked(eur(v.monthly_cost_cents), words="en entier")


@worked
def counted_income(v: Any) -> Worked:
    return Worked(
        f"{euros(v.annual_resources)} ÷ 12", euros(v.income_floor), euros(v.income_ceiling), "à l’euro le plus proche"
    )


@worked
def effort_band(v: Any) -> Worked:
    aeeh = f" et {v.aeeh_children} avec AEEH" if v.aeeh_children else ""
    return Worked(words=f"{v.dependent_children} à charge{aeeh}")


@worked
def effort_rate(v: Any) -> Worked:
    kind = "childminder" if v.is_childminder else "home_employee"
    return Worked(
        percent(getattr(v, f"effort_{kind}_{v.effort_band}")), words=f"{ORDINALS[v.effort_band]} taux du barème"
    )


@worked
def reference_hourly_cost(v: Any) -> Worked:
    return Worked(eur(_of(v, "reference"), 6), words="barème du mois")


@worked
def family_share(v: Any) -> Worked:
    """Not a step of the engine: the share that part (b) leaves, shown because people ask for it."""
    share = f"{euros(v.counted_income)} × {percent(v.effort_rate)} ÷ {eur(v.reference_hourly_cost, 6)}"
    return Worked(share, at_most="100 %")


@worked
def part_b_cents(v: Any) -> Worked:
    if v.refusal:
        return Worked(words=_refused(v))
    if v.regime == "A":
        others = f" − {eur(v.pool_before_cents)}" if v.pool_before_cents else ""
        shared = "le maximum est partagé avec d’autres déclarations du foyer" if others else ""
        return Worked(f"{eur(v.pool_maximum_cents)}{others}", eur(0), eur(v.share_of_cost_cents), shared)
    share = f"{euros(v.counted_income)} × {percent(v.effort_rate)} ÷ {eur(v.reference_hourly_cost, 6)}"
    return Worked(f"{eur(v.counted_cost, 4)} × (100 % − {share})", at_least=eur(0))


@worked
def contribution_cap_cents(v: Any) -> Worked:
    full = v.is_under_three if v.regime == "B" else v.is_full_amount
    return Worked(eur(v.home_cap if full else v.home_cap_reduced), words="plein" if full else "réduit de moitié")


@worked
def part_a_cents(v: Any) -> Worked:
    if v.refusal:
        return Worked(words=_refused(v))
    if not v.is_childminder:
        left = f"({eur(v.contributions_cents)} − {eur(v.deduction_cents)}) × {percent(v.home_share)}"
        return Worked(left, eur(0), eur(v.contribution_cap_cents))
    if v.regime == "B" and v.hourly_cap_exceeded:
        over = v.monthly_cost_cents - v.excluded_indemnities_cents
        return Worked(f"{eur(v.contributions_cents)} × {eur(v.capped_cost, 4)} ÷ {eur(over)}", words="à proportion")
    return Worked(eur(v.contributions_cents), words="en entier")


@worked
def supplement_cents(v: Any) -> Worked:
    if v.refusal or not v.transition_supplement_cents:
        return Worked(words=_refused(v) or "aucun complément accordé")
    limit = f"{eur(v.net_salary_cents)} × {percent(v.supplement_share)} − {eur(v.part_b_cents)}"
    return Worked(limit, eur(0), eur(v.transition_supplement_cents))


@worked
def crds_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.part_b_cents)} ÷ (100 % − {percent(v.crds_rate)}) − {eur(v.part_b_cents)}")


@worked
def bracket_index(v: Any) -> Worked:
    lower, upper = (_ceiling(v, level) for level in ("lower", "upper"))
    return Worked(words=f"{euros(v.annual_resources)} ; plafonds {eur(lower)} et {eur(upper)}")


def _ceiling(v: Any, level: str) -> int:
    children = v.dependent_children
    couple = getattr(v, f"{level}_one")
    if children > 1:
        couple = getattr(v, f"{level}_two") + (children - 2) * (getattr(v, f"{level}_extra") if children > 2 else 0)
    return int(couple * (v.isolated_ceiling_factor if v.isolated_parent else 100))


@worked
def is_full_amount(v: Any) -> Worked:
    return Worked(words="plein avant trois ans, moitié ensuite")


@worked
def bmaf_percent(v: Any) -> Worked:
    half, name = "" if v.is_full_amount else "half_", ("max", "mid", "min")[v.bracket_index]
    return Worked(percent(getattr(v, f"{half}pct_{name}") * 100), words="barème de la tranche")


@worked
def uplift_rate(v: Any) -> Worked:
    present = [
        ("AAH", v.aah, "uplift_aah"),
        ("parent isolé", v.isolated_parent, "uplift_isolated"),
        ("AEEH", v.aeeh_children, "uplift_aeeh"),
        (
            "horaires spécifiques",
            (v.specific_hours_hundredths or 0) >= v.uplift_hours_threshold,
            "uplift_specific_hours",
        ),
    ]
    found = [(word, getattr(v, name)) for word, here, name in present if here]
    if not found:
        return Worked(words="aucune")
    return Worked(" + ".join(percent(rate) for _word, rate in found), words=", ".join(word for word, _rate in found))


@worked
def gross_maximum_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.bmaf)} × {percent(v.bmaf_percent * 100)}")


@worked
def uplifted_maximum_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.gross_maximum_cents)} × (100 % + {percent(v.uplift_rate)})")


@worked
def maximum_crds_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.uplifted_maximum_cents)} × {percent(v.crds_rate)}", words="au centime inférieur")


@worked
def net_maximum_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.uplifted_maximum_cents)} − {eur(v.maximum_crds_cents)}")


@worked
def daily_gross_cents(v: Any) -> Worked:
    days = f"{v.days}{NO_BREAK}jour{'s' if v.days > 1 else ''}" if v.days else ""
    return Worked(f"{eur(v.gross_cents)} ÷ {days}") if days else Worked(words="aucun jour payé")


@worked
def daily_cap_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.smic)} × {v.daily_cap_multiple}")


@worked
def share_of_cost_cents(v: Any) -> Worked:
    if v.refusal:
        return Worked(words=_refused(v))
    base = f"{eur(v.net_salary_cents)} + {eur(v.maintenance_allowance_cents)}"
    return Worked(f"({base}) × {percent(v.share_of_cost)}")


@worked
def remainder_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.contributions_cents)} − {eur(v.deduction_cents)} − {eur(v.part_a_cents)}", at_least=eur(0))


@worked
def offset_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.part_b_cents)} + {eur(v.supplement_cents)}", at_most=eur(v.remainder_cents))


@worked
def debit_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.remainder_cents)} − {eur(v.offset_cents)} + {eur(v.withholding_tax_cents)}")


@worked
def payout_cents(v: Any) -> Worked:
    return Worked(f"{eur(v.part_b_cents)} + {eur(v.supplement_cents)} − {eur(v.offset_cents)}")


@worked
def total_debit_cents(v: Any) -> Worked:
    if not v.all_in_one:
        return Worked(words="la famille n’a pas choisi Pajemploi+")
    pay = (v.net_salary_cents, v.maintenance_allowance_cents, v.meal_allowance_cents, v.remainder_cents)
    return Worked(f"{' + '.join(map(eur, pay))} − {eur(v.offset_cents)} − {eur(v.payout_cents)}")
