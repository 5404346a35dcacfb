"""The demonstration's exchanges: the counts of the box, each lived by the operations."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fraud.demo import directory, exchanges
from fraud.exchanges.selectors import counts_of, exchanges_of
from fraud.models import InfoExchange
from fraud.rules import exchange as rules
from portal.accounts.models import Posting, Role, User

DAY = date(2026, 10, 26)


@pytest.mark.django_db
def test_what_clemence_sylvie_and_philippe_find(settings: Any, tmp_path: Path) -> None:
    settings.PORTAL_DAY, settings.PORTAL_EXCHANGE_ROOTS = DAY, str(tmp_path / "roots.pem")
    for name, role, fund in (
        ("clemence", Role.PARTNER_AGENT, "ARS84"), ("sylvie", Role.CONTROL_CASEWORKER, "CAF63"), ("philippe", Role.CONTROLLER, "CAF63"),
    ):  # fmt: skip
        user = User.objects.create(username=name, first_name=name.title(), last_name="Essai")
        Posting.objects.create(user=user, role=role, fund=fund, starts_on=date(2025, 1, 1))
    directory.load(tmp_path, DAY)
    exchanges.load(tmp_path, DAY)

    clemence, sylvie = (
        counts_of(exchanges_of(User.objects.get(username=name), DAY)) for name in ("clemence", "sylvie")
    )
    assert (clemence.to_answer, clemence.sent, clemence.received) == (1, 4, 12)
    assert (sylvie.to_answer, sylvie.expired, sylvie.refused) == (1, 1, 3)
    waiting = InfoExchange.objects.get(holder="ARS84", direction="IN", state=rules.ACKNOWLEDGED, kind=rules.REQUEST)
    assert (waiting.due_on, waiting.documents.count(), waiting.items.count()) == (date(2026, 11, 4), 2, 2)
    assert f"{waiting.acknowledged_at:%d/%m %H:%M}" == "05/10 08:12"
