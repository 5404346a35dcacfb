"""Bodies, designations, keys, envelopes."""

from datetime import date
from pathlib import Path
from typing import Any

from fraud.models import AuthorisedOfficer, BodyNature, ExchangeBody, OfficerCategory
from portal.accounts.models import Posting, Role, User
from portal.accounts.rights import Right, holders
from tests.portal.access import ELSEWHERE, EVERYBODY, HERE, Line

SEE = holders(Right.EXCHANGE, Right.DIRECT_CONTROL, Right.SAMPLE_JOURNAL)
DIRECT = holders(Right.DIRECT_CONTROL)
OFFICER: dict[str, Any] = {"own": {"pk": "officer_here"}, "others": {"pk": "officer_elsewhere"}}
LINES: dict[str, Line] = {
    "fraud:directory": Line(SEE),
    "fraud:directory_keys": Line(SEE),
    "fraud:designation": Line(DIRECT, 200, 404),
    "fraud:designation_revoke": Line(DIRECT, 200, 404, **OFFICER),
    "fraud:designation_review": Line(DIRECT, None, 404, **OFFICER),
    "fraud:api_envelopes": Line(EVERYBODY, None, 415, outside=415),
    "fraud:api_exchange_keys": Line(EVERYBODY, outside=200),
}


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for place, fund in (("here", HERE), ("elsewhere", ELSEWHERE)):
        ExchangeBody.objects.get_or_create(
            code=fund,
            defaults={"name": fund, "nature": BodyNature.SCHEME, "is_here": True, "since": date(2019, 1, 1)},
        )
        user = User.objects.create(username=f"designated-{place}", first_name="Ève", last_name=place.title())
        Posting.objects.create(user=user, role=Role.CONTROL_CASEWORKER, fund=fund, starts_on=date(2025, 1, 1))
        made[f"officer_{place}"] = AuthorisedOfficer.objects.create(
            body_id=fund, user=user, first_name=user.first_name, last_name=user.last_name, scopes=["CHILDCARE"],
            category=OfficerCategory.SCHEME_CONTROL, act_no="2026-1", act_dated=date(2026, 1, 5), signatory="Jeanne Petit",
            signatory_quality="Directrice", valid_from=date(2026, 1, 10), valid_to=date(2028, 1, 10),
        ).pk  # fmt: skip
    return made


def hold(user: User, role: Role, known: dict[str, Any]) -> None:
    """Nothing more."""
