"""The three pairs of the demonstration, made once by the operations of the pages."""

from datetime import date

import pytest

from aripa.agreements import writing
from aripa.agreements.deciding import hindrances
from aripa.demo.agreements import load
from aripa.models import Agreement, AgreementSignature
from tests.aripa.agents import agent

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 26)


def test_one_waits_for_its_second_signature_and_two_are_at_the_fund(db: None) -> None:
    agent("awa")
    assert (load(DAY), load(DAY)) == (3, 3)

    found = list(Agreement.objects.order_by("pk"))
    assert [(one.state, one.fund, one.answer_by) for one in found] == [
        ("SHARED", "", None), ("FILED", "CAF63", date(2026, 11, 3)), ("FILED", "CAF63", date(2027, 1, 14)),
    ]  # fmt: skip
    assert writing.is_ready(found[0], DAY)
    assert AgreementSignature.objects.filter(agreement=found[0]).count() == 1
    assert len(hindrances(found[1], DAY)) == 5
    assert hindrances(found[2], DAY) == []
