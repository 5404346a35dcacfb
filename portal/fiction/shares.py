"""How many families of a fiction live in each fund: in proportion of the people that it serves. Pure module."""

from collections.abc import Mapping
from fractions import Fraction

from portal.organisations import directory

MSA_PER_MILLE, MSA_PER_MILLE_AROUND_PARIS = 50, 5


def weight_of(code: str) -> Fraction:
    """How much of the country's families a fund serves, from the population of its départements."""
    fund, places = directory.fund_of(code), directory.departements()
    total = Fraction(0)
    for number in fund.departements:
        is_around_paris = places[number].region == "Île-de-France"
        msa = Fraction(MSA_PER_MILLE_AROUND_PARIS if is_around_paris else MSA_PER_MILLE, 1000)
        has_msa = directory.competent_fund("MSA", number) is not None
        share = msa if fund.body == "MSA" else 1 - msa if has_msa else Fraction(1)
        total += places[number].population * share
    return total


def shared_out(families: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """Whole families per fund, by largest remainder; funds that get none are left out."""
    total = sum(weights.values())
    quotas = {code: families * weight / total for code, weight in weights.items()}
    shares = {code: int(quota) for code, quota in quotas.items()}
    by_remainder = sorted(quotas, key=lambda code: quotas[code] - shares[code], reverse=True)
    for code in by_remainder[: families - sum(shares.values())]:
        shares[code] += 1
    return {code: share for code, share in shares.items() if share}
