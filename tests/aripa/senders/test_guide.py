"""The guide of senders: its example enters as it is written, and answers as it says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from aripa.garnishees.said import REASONS, read
from aripa.models import Title
from portal.accounts.keys import open_key
from portal.accounts.models import Mission, User
from tests.aripa.agents import on_day
from tests.aripa.senders.test_titles import DAY, PATH

DOCS = Path(__file__).resolve().parents[3] / "docs"


def examples(page: str) -> list[Any]:
    return [
        json.loads(one)
        for one in re.findall(r"```json\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    ]


@pytest.mark.django_db
def test_the_example_of_the_guide_is_received_and_answered_as_it_says(settings: Any) -> None:
    on_day(settings, DAY)
    User.objects.create(username="exploitation")
    text = open_key(
        mission=Mission.CLERK, body="TJ63", name="Greffe", starts_on=DAY, ends_on=None, granted_by="exploitation"
    )[1]
    sent, told = examples("senders.md")

    answer = Client().post(PATH, json.dumps(sent), content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {text}")

    said = answer.json()
    assert answer.status_code == 201
    for changing in ("receipt", "received_at"):
        assert type(said.pop(changing)) is type(told.pop(changing))
    assert said == told
    assert list(Title.objects.order_by("child_id").values_list("cash_share_cents", flat=True)) == [25000, 20000]


def test_the_example_of_an_answer_is_one_and_every_reason_is_in_the_guide() -> None:
    said, errors = read(examples("garnishees.md")[0], monthly_cents=50000, today=DAY)

    assert (said and said.amount_cents, errors) == (12050, {})
    guide = (DOCS / "garnishees.md").read_text(encoding="utf-8")
    assert [code for found in REASONS.values() for code, _words in found if f"`{code}`" not in guide] == []
