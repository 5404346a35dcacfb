"""The numbers of the events that the portal tells by itself: an event is known by its number, so no two may ever meet."""

import pytest

from aripa.flows.kinds import LARGEST_NUMBER
from aripa.flows.own import NUMBERS_EACH, Numbers


def test_no_two_tell_an_event_under_one_number() -> None:
    spans = sorted((one.of(1), one.of(NUMBERS_EACH - 1)) for one in Numbers)

    assert len(spans) == 3
    assert all(last < first for (_first, last), (first, _last) in zip(spans, spans[1:], strict=False))
    assert spans[-1][1] <= LARGEST_NUMBER, "parents' begin after it, and no file goes further"


@pytest.mark.parametrize("pk", [0, NUMBERS_EACH])
def test_a_row_number_outside_its_span_is_refused(pk: int) -> None:
    with pytest.raises(AssertionError):
        Numbers.BANK.of(pk)
