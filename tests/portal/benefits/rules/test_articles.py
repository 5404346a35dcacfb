"""Which text is cited where, from when: no ordinary article alone for a right of Mayotte's own law."""

from datetime import date

import pytest

from portal.benefits.rules.aeeh import STEPS as AEEH_STEPS
from portal.benefits.rules.aeeh_help import STEPS as CATEGORY_STEPS
from portal.benefits.rules.ars import CHILD_STEPS, FAMILY_STEPS, NET_STEPS, SHARE_STEPS
from portal.benefits.rules.articles import citing, label_in
from portal.benefits.rules.figures import AEEH_AT_MAYOTTE, ARS_TERM_AT_MAYOTTE, COMPLEMENT_6, benefit_parameters
from portal.benefits.rules.refusals import REFUSALS
from portal.benefits.rules.small_payments import OVERPAYMENT_STEPS, PAYMENT_STEPS

MAY, JUNE = date(2021, 5, 31), date(2021, 6, 1)
STEPS = [
    *AEEH_STEPS.values(), *CATEGORY_STEPS.values(), *CHILD_STEPS.values(), *FAMILY_STEPS.values(), *NET_STEPS.values(),
    *SHARE_STEPS.values(), *PAYMENT_STEPS.values(), *OVERPAYMENT_STEPS.values(),
]  # fmt: skip
CITED = sorted({one.article for one in [*STEPS, *REFUSALS.values()]})


@pytest.mark.parametrize("article", CITED)
def test_at_mayotte_every_text_is_that_of_the_ordinance_or_made_to_apply_by_it(article: str) -> None:
    before, since = (citing("MAYOTTE", day)(article) for day in (MAY, JUNE))

    assert all("CSS" not in one or "applicable par l’ordonnance 2002-149" in one for one in (before, since))
    assert not any(part in before for part in ("541-", "543-")), "its own law, until May 2021"


@pytest.mark.parametrize("article", CITED)
def test_elsewhere_every_text_is_the_ordinary_one(article: str) -> None:
    assert citing("METROPOLE", MAY)(article) == citing("OVERSEAS", JUNE)(article) == article


def test_the_labels_of_the_figures_read_there_cite_it_too() -> None:
    figures = benefit_parameters().figures
    keys = {one.key for one in (*AEEH_AT_MAYOTTE.values(), *COMPLEMENT_6.values(), *ARS_TERM_AT_MAYOTTE.values())}
    keys |= {key for key in figures if key.startswith(("ars.", "aeeh.expenses"))} - {
        "ars.ceiling_base",
        "ars.ceiling_child_rate",
    }
    labels = [label_in(figures[key].term, citing("MAYOTTE", MAY)) for key in sorted(keys)]

    assert len(labels) > 40
    assert not [one for one in labels if "CSS" in one]
    assert label_in(figures["aeeh.base_rate"].term, citing("MAYOTTE", MAY)) == (
        "AEEH, part de la BMAF (Ordonnance 2002-149, art. 10-1 ; décret 2002-423)"
    )
    assert label_in(figures["aeeh.base_rate"].term, citing("METROPOLE", MAY)) == "AEEH, part de la BMAF (CSS D. 541-1)"


@pytest.mark.parametrize(
    ("article", "before", "since"),
    [
        ("CSS L. 541-1", "Ordonnance 2002-149, art. 10-1 ; décret 2002-423",
         "CSS L. 541-1, applicable par l’ordonnance 2002-149, art. 10-1"),
        ("CSS L. 541-1 ; D. 541-2", "Ordonnance 2002-149, art. 10-1 ; décret 2017-1788",
         "CSS L. 541-1 ; D. 541-2, applicable par l’ordonnance 2002-149, art. 10-1"),
        ("CSS L. 541-4 ; D. 541-4", "Ordonnance 2002-149, art. 10-2 ; décret 2017-1788",
         "CSS L. 541-4 ; D. 541-4, applicable par l’ordonnance 2002-149, art. 10-1"),
        ("CSS L. 543-1 ; L. 543-2", "Ordonnance 2002-149, art. 8 ; décret 2002-423",
         "Ordonnance 2002-149, art. 8 ; décret 2002-423"),
        ("CSS R. 543-2", "Ordonnance 2002-149, art. 5 et 8 ; décret 2002-423",
         "Ordonnance 2002-149, art. 5 et 8 ; décret 2002-423"),
        ("CSS L. 133-3", "CSS L. 133-3, applicable par l’ordonnance 2002-149, art. 12",
         "CSS L. 133-3, applicable par l’ordonnance 2002-149, art. 12"),
        ("CSS L. 133-3 ; D. 543-2", "CSS L. 133-3, applicable par l’ordonnance 2002-149, art. 12 ; ordonnance 2002-149, art. 8",
         "CSS L. 133-3, applicable par l’ordonnance 2002-149, art. 12 ; ordonnance 2002-149, art. 8"),
    ],
)  # fmt: skip
def test_by_the_date(article: str, before: str, since: str) -> None:
    assert [citing("MAYOTTE", day)(article) for day in (MAY, JUNE)] == [before, since]
