"""ARS of one child before the family's resources are looked at: CSS L. 543-1, R. 543-2, R. 512-2, D. 543-1.

At Mayotte, ordinance 2002-149, articles 5 and 8: another age limit, amounts by school cycle. Amounts in cents.
"""

from portal.benefits.rules.figures import MILLION
from portal.legislation.engine import Expr, choose, negated, round_half_up, step, truncate


@step("CSS R. 543-2", label="Six ans avant le 1er février qui suit la rentrée", unit="flag")
def is_old_enough(birth_date: Expr, born_before: Expr) -> Expr:
    """`born_before`: whoever is born on that day has the sixth birthday on 1 February itself, too late."""
    return birth_date < born_before


@step("CSS R. 543-2", label="Âge limite non atteint au 15 septembre", unit="flag")
def is_young_enough(birth_date: Expr, born_after: Expr) -> Expr:
    """`born_after`: whoever is born on that day reaches the limit on 15 September itself, and has no right."""
    return birth_date > born_after


@step("CSS R. 543-2", label="Âge atteint dans l’année civile de la rentrée", unit="index")
def age_in_year(school_year: Expr, birth_year: Expr) -> Expr:
    return school_year - birth_year


@step("CSS L. 543-1", label="Scolarité à déclarer, l’âge de l’obligation scolaire étant passé", unit="flag")
def must_declare(age_in_year: Expr, declared_from_age: Expr) -> Expr:
    return age_in_year >= declared_from_age


@step("CSS L. 543-1", label="Scolarité ou apprentissage déclaré, ou présumé avant 16 ans", unit="flag")
def is_schooled(is_declared_at_school: Expr, is_declared_elsewhere: Expr, must_declare: Expr) -> Expr:
    """Until 16 nothing has to be declared; a declaration that the child is not at school is believed at any age."""
    return is_declared_at_school | negated(is_declared_elsewhere | must_declare)


@step("CSS R. 512-2", label="Rémunération de l’enfant à ne pas dépasser, par mois")
def own_pay_limit_cents(smic_hour: Expr, own_pay_hours: Expr, own_pay_share: Expr) -> Expr:
    return truncate(smic_hour * own_pay_hours * own_pay_share, MILLION)


@step("CSS R. 512-2", label="Rémunération de l’enfant dans la limite", unit="flag")
def earns_little(monthly_pay_cents: Expr, own_pay_limit_cents: Expr) -> Expr:
    return monthly_pay_cents <= own_pay_limit_cents


@step("Ordonnance 2002-149, art. 8", label="Classe connue, là où le montant la suit", unit="flag")
def has_known_cycle(is_by_cycle: Expr, cycle: Expr) -> Expr:
    return negated(is_by_cycle & (cycle == ""))


@step("CSS L. 543-1 ; R. 543-2", label="L’enfant ouvre droit à l’ARS", unit="flag")
def opens_right(
    is_old_enough: Expr, is_young_enough: Expr, is_schooled: Expr, earns_little: Expr, has_known_cycle: Expr
) -> Expr:
    return is_old_enough & is_young_enough & is_schooled & earns_little & has_known_cycle


@step("CSS L. 543-1 ; R. 543-2", label="Motif de refus pour l’enfant", unit="text")
def child_refusal(
    is_old_enough: Expr,
    is_young_enough: Expr,
    is_schooled: Expr,
    is_declared_elsewhere: Expr,
    earns_little: Expr,
    has_known_cycle: Expr,
) -> Expr:
    cycle = choose(has_known_cycle, None, "benefits.cycle_unknown")
    pay = choose(earns_little, cycle, "benefits.own_pay_too_high")
    school = choose(is_declared_elsewhere, "benefits.not_at_school", "benefits.schooling_not_declared")
    old = choose(is_young_enough, choose(is_schooled, pay, school), "benefits.child_too_old")
    return choose(is_old_enough, old, "benefits.child_too_young")


@step("CSS R. 543-2", label="Deuxième tranche (11 ans dans l’année ; à Mayotte, collège)", unit="flag")
def is_in_second_band(
    age_in_year: Expr, second_band_age: Expr, third_band_age: Expr, is_by_cycle: Expr, cycle: Expr
) -> Expr:
    by_age = (age_in_year >= second_band_age) & (age_in_year < third_band_age)
    return choose(is_by_cycle, cycle == "COLLEGE", by_age)


@step("CSS R. 543-2", label="Troisième tranche (15 ans dans l’année ; à Mayotte, lycée)", unit="flag")
def is_in_third_band(age_in_year: Expr, third_band_age: Expr, is_by_cycle: Expr, cycle: Expr) -> Expr:
    return choose(is_by_cycle, cycle == "LYCEE", age_in_year >= third_band_age)


@step("CSS D. 543-1", label="Part de la BMAF de la tranche de l’enfant", unit="millionths")
def band_rate(
    is_in_second_band: Expr, is_in_third_band: Expr, rate_6_10: Expr, rate_11_14: Expr, rate_15_18: Expr
) -> Expr:
    return choose(is_in_third_band, rate_15_18, choose(is_in_second_band, rate_11_14, rate_6_10))


@step("CSS D. 543-1", label="ARS entière de l’enfant, avant CRDS")
def full_cents(opens_right: Expr, bmaf: Expr, band_rate: Expr) -> Expr:
    return choose(opens_right, round_half_up(bmaf * band_rate, MILLION), 0)


@step("CSS R. 543-6-1", label="Montant de l’enfant qui compte pour l’ARS différentielle")
def differential_base_cents(opens_right: Expr, january_bmaf: Expr, band_rate: Expr) -> Expr:
    """The amount of the payment's day, or that of 1 January of the year: figure `ars.differential_amounts`."""
    return choose(opens_right, round_half_up(january_bmaf * band_rate, MILLION), 0)


@step(
    "Décret de 2020 sur la majoration exceptionnelle",
    label="Majoration exceptionnelle de 2020 pour l’enfant, avant CRDS",
)
def exceptional_full_cents(opens_right: Expr, bmaf: Expr, exceptional_rate: Expr) -> Expr:
    return choose(opens_right, round_half_up(bmaf * exceptional_rate, MILLION), 0)
