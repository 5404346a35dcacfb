"""AEEH of one child for one month: CSS L. 541-1 to L. 541-4, R. 541-1, D. 541-1 to D. 541-4. No means test, no CRDS.

At Mayotte, ordinance 2002-149, articles 10-1 and 10-2: a higher rate until May 2021, no complement until 2017. Amounts
in cents, of a whole month; a child who boards at full cost of others has the part of its days at home.
"""

from portal.benefits.rules.figures import MILLION
from portal.legislation.engine import Expr, at_most, choose, negated, round_half_up, step


@step("CSS L. 541-1 ; R. 512-2", label="Moins de vingt ans", unit="flag")
def is_young_enough(age_months: Expr, age_limit: Expr) -> Expr:
    """The last month is the one before the month of the birthday."""
    return age_months < age_limit * 12


@step("CSS R. 541-7", label="Mois qui suit la demande, ou plus tard", unit="flag")
def is_after_claim(months_since_claim: Expr) -> Expr:
    """A claim that is not told counts as made before."""
    return months_since_claim >= 1


@step("CSS L. 541-1 ; R. 541-1", label="Taux d’incapacité qui peut ouvrir le droit", unit="flag")
def has_least_rate(incapacity_rate: Expr, least_incapacity_rate: Expr) -> Expr:
    return incapacity_rate >= least_incapacity_rate


@step("CSS L. 541-1", label="Taux qui suffit, ou accompagnement", unit="flag")
def has_support_needed(incapacity_rate: Expr, full_incapacity_rate: Expr, has_support: Expr) -> Expr:
    """Establishment, adapted or accompanied schooling, or advised care, when the rate alone is not enough."""
    return has_support | (incapacity_rate >= full_incapacity_rate)


@step("Ordonnance 2002-149, art. 10-1", label="Taux admis dans le territoire ce mois-là", unit="flag")
def has_territory_rate(incapacity_rate: Expr, territory_incapacity_rate: Expr) -> Expr:
    return incapacity_rate >= territory_incapacity_rate


@step("CSS L. 541-1", label="Jours du mois au foyer pendant un internat", unit="index")
def counted_home_days(days_at_home: Expr, boarding_month_days: Expr) -> Expr:
    return at_most(boarding_month_days, days_at_home)


@step("CSS L. 541-1", label="Internat entièrement pris en charge, sans retour au foyer", unit="flag")
def is_boarded(boarding_fully_covered: Expr, counted_home_days: Expr) -> Expr:
    return boarding_fully_covered & (counted_home_days == 0)


@step("CSS L. 541-1", label="Droit ouvert", unit="flag")
def has_right(
    is_young_enough: Expr,
    is_after_claim: Expr,
    has_least_rate: Expr,
    has_support_needed: Expr,
    has_territory_rate: Expr,
    is_boarded: Expr,
) -> Expr:
    medical = has_least_rate & has_support_needed & has_territory_rate
    return is_young_enough & is_after_claim & medical & negated(is_boarded)


@step("CSS D. 541-1", label="AEEH de base, mois entier")
def full_base_cents(bmaf: Expr, base_rate: Expr) -> Expr:
    return round_half_up(bmaf * base_rate, MILLION)


@step(
    "CSS L. 541-1, 2e alinéa", label="Complément payé : un complément, pas de prestation de compensation", unit="flag"
)
def has_complement(complement: Expr, chose_compensation: Expr, has_complements: Expr) -> Expr:
    return (complement > 0) & negated(chose_compensation) & has_complements


@step("CSS D. 541-2", label="Part de la BMAF du complément", unit="millionths")
def complement_rate(
    complement: Expr,
    complement_1_rate: Expr,
    complement_2_rate: Expr,
    complement_3_rate: Expr,
    complement_4_rate: Expr,
    complement_5_rate: Expr,
) -> Expr:
    """Nought for category 6, which is an amount and not a part of the BMAF."""
    low = choose(complement == 1, complement_1_rate, choose(complement == 2, complement_2_rate, 0))
    high = choose(complement == 4, complement_4_rate, choose(complement == 5, complement_5_rate, low))
    return choose(complement == 3, complement_3_rate, high)


@step("CSS D. 541-2", label="Complément, mois entier")
def full_complement_cents(
    has_complement: Expr, complement: Expr, complement_6: Expr, bmaf: Expr, complement_rate: Expr
) -> Expr:
    """Category 6 is the increase for a third person (majoration pour tierce personne)."""
    by_rate = round_half_up(bmaf * complement_rate, MILLION)
    return choose(has_complement, choose(complement == 6, complement_6, by_rate), 0)


@step("CSS L. 541-4", label="Complément qui ouvre la majoration pour parent isolé", unit="flag")
def opens_increase(complement: Expr, complement_by_help: Expr, chose_compensation: Expr, has_complements: Expr) -> Expr:
    """Category 2 to 6 that rests on reduced work or paid help, or the compensation (PCH) chosen in its place."""
    return (complement >= 2) & (complement_by_help | chose_compensation) & has_complements


@step("CSS L. 541-4", label="PCH choisie, catégorie du complément non dite", unit="flag")
def lacks_category(complement: Expr, chose_compensation: Expr, has_complements: Expr) -> Expr:
    """Who chose the compensation met the conditions of a complement (CASF L. 245-1): there is a category, not told here."""
    return chose_compensation & (complement == 0) & has_complements


@step("CSS L. 541-4", label="Majoration pour parent isolé due", unit="flag")
def has_increase(isolated_parent: Expr, opens_increase: Expr) -> Expr:
    return isolated_parent & opens_increase


@step("CSS D. 541-4", label="Part de la BMAF de la majoration pour parent isolé", unit="millionths")
def lone_parent_rate(
    complement: Expr,
    lone_parent_2_rate: Expr,
    lone_parent_3_rate: Expr,
    lone_parent_4_rate: Expr,
    lone_parent_5_rate: Expr,
    lone_parent_6_rate: Expr,
) -> Expr:
    low = choose(complement == 2, lone_parent_2_rate, choose(complement == 3, lone_parent_3_rate, 0))
    high = choose(complement == 5, lone_parent_5_rate, choose(complement == 6, lone_parent_6_rate, low))
    return choose(complement == 4, lone_parent_4_rate, high)


@step("CSS D. 541-4", label="Majoration pour parent isolé, mois entier")
def full_increase_cents(has_increase: Expr, bmaf: Expr, lone_parent_rate: Expr) -> Expr:
    return choose(has_increase, round_half_up(bmaf * lone_parent_rate, MILLION), 0)


@step("CSS L. 541-1", label="Jours payés, sur ceux du mois", unit="index")
def paid_days(
    has_right: Expr, boarding_fully_covered: Expr, counted_home_days: Expr, boarding_month_days: Expr
) -> Expr:
    """All of them, but for a child who boards at full cost of others: its days at home."""
    return choose(has_right, choose(boarding_fully_covered, counted_home_days, boarding_month_days), 0)


@step("CSS L. 541-1 ; D. 541-1", label="AEEH de base")
def base_cents(full_base_cents: Expr, paid_days: Expr, boarding_month_days: Expr) -> Expr:
    return round_half_up(full_base_cents * paid_days, boarding_month_days)


@step("CSS L. 541-1 ; D. 541-2", label="Complément")
def complement_cents(full_complement_cents: Expr, paid_days: Expr, boarding_month_days: Expr) -> Expr:
    return round_half_up(full_complement_cents * paid_days, boarding_month_days)


@step("CSS L. 541-4 ; D. 541-4", label="Majoration pour parent isolé")
def increase_cents(full_increase_cents: Expr, paid_days: Expr, boarding_month_days: Expr) -> Expr:
    return round_half_up(full_increase_cents * paid_days, boarding_month_days)


@step("CSS L. 541-1 à L. 541-4", label="AEEH du mois")
def total_cents(base_cents: Expr, complement_cents: Expr, increase_cents: Expr) -> Expr:
    return base_cents + complement_cents + increase_cents


@step("CSS L. 541-1", label="Motif", unit="text")
def refusal(
    is_young_enough: Expr,
    is_after_claim: Expr,
    has_least_rate: Expr,
    has_support_needed: Expr,
    has_territory_rate: Expr,
    least_incapacity_rate: Expr,
    territory_incapacity_rate: Expr,
    is_boarded: Expr,
    has_complements: Expr,
    has_complement: Expr,
    complement: Expr,
    knows_complement_6: Expr,
    opens_increase: Expr,
    lacks_category: Expr,
    isolated_parent: Expr,
    knows_isolation: Expr,
) -> Expr:
    """The last four refuse no right: the base stands, and what is not due, or waits for an amount or a fact, is nought."""
    category = choose(lacks_category & isolated_parent, "benefits.compensation_category_unknown", None)
    depends = opens_increase | lacks_category
    alone = choose(depends & negated(knows_isolation), "benefits.isolated_parent_unknown", category)
    lacks_amount = has_complement & (complement == 6) & negated(knows_complement_6)
    unknown = choose(lacks_amount, "benefits.complement_amount_unknown", alone)
    not_yet = negated(has_complements) & (complement > 0)
    early = choose(not_yet, "benefits.no_complement_mayotte", unknown)
    boarded = choose(is_boarded, "benefits.boarding_covered", early)
    support = choose(has_support_needed, boarded, "benefits.support_missing")
    own_rate = territory_incapacity_rate > least_incapacity_rate
    too_low = choose(own_rate, "benefits.rate_too_low_mayotte", "benefits.rate_too_low")
    rate = choose(has_least_rate & has_territory_rate, support, too_low)
    claim = choose(is_after_claim, rate, "benefits.before_claim")
    return choose(is_young_enough, claim, "benefits.disabled_child_too_old")
