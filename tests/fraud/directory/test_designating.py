"""Designating, withdrawing, looking again: by another, once, in the journal; and what the database refuses by itself."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from fraud.directory import operations, selectors
from fraud.directory.operations import Act, DesignationRefused
from fraud.envelopes.keeping import keep
from fraud.models import (
    OUTGOING_MOVES,
    AuthorisedOfficer,
    BodyKey,
    BodyNature,
    DesignationReview,
    OfficerCategory,
    OutgoingEnvelope,
    OutgoingState,
)
from fraud.rules.designation import latest_end, opened_on
from portal.accounts.models import Posting, Role, User
from portal.accounts.postings import end_posting
from portal.audit.models import JournalEntry
from tests.fraud.envelopes.scene import AGENCY, CAF, DAY, NOON, make_body, make_officer, trust

ACT = Act(
    category="SCHEME_CONTROL", act_no="2026-30", act_dated=DAY, signatory="Jeanne Petit", signatory_quality="Directrice",
    valid_from=DAY, valid_to=date(2029, 10, 26), scopes=("CHILDCARE",),
)  # fmt: skip


@pytest.fixture
def director(db: None, settings: Any, tmp_path: Path) -> User:
    trust(settings, tmp_path)
    make_body(CAF, BodyNature.SCHEME)
    user = User.objects.create(username="director", first_name="Jeanne", last_name="Petit")
    Posting.objects.create(user=user, role=Role.AUTHORISING_OFFICER, fund="", starts_on=date(2019, 1, 1))
    return user


@pytest.fixture
def agent(director: User) -> User:
    user = User.objects.create(username="agent", first_name="Paul", last_name="Noir")
    Posting.objects.create(user=user, role=Role.CONTROLLER, fund=CAF, starts_on=date(2026, 1, 1))
    return user


def designate(user: User, director: User, act: Act = ACT) -> AuthorisedOfficer:
    return operations.designate(user_pk=user.pk, body_code=CAF, act=act, by_pk=director.pk, on=DAY)


def test_designated_found_and_journaled_and_the_same_act_again_is_the_first(director, agent):
    officer = designate(agent, director)

    assert designate(agent, director) == officer
    assert selectors.designation_of(user_pk=agent.pk, body_code=CAF, on=DAY) == officer
    assert selectors.designation_of(user_pk=agent.pk, body_code=AGENCY, on=DAY) is None
    assert selectors.may_exchange(officer_pk=officer.pk, on=DAY, asks=["BENEFITS"], scope="CHILDCARE") == ""
    assert JournalEntry.objects.filter(action="control.designated").count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valid_to": date(2029, 10, 27)}, "TOO_LONG"),
        ({"signatory": "Paul Noir"}, "SELF_DESIGNATION"),
        ({"signatory_quality": "Responsable du contrôle"}, "WRONG_SIGNATORY"),
        ({"category": "HEALTH_AGENCY"}, "WRONG_BODY"),
        ({"category": "HEALTH_AGENCY", "act_dated": date(2019, 12, 15)}, "NOT_OPEN_YET"),
    ],
)
def test_an_act_that_cannot_be_is_refused_in_words(director, agent, changes, code):
    with pytest.raises(DesignationRefused) as refused:
        designate(agent, director, Act(**{**ACT.__dict__, **changes}))

    assert refused.value.code == code
    assert not AuthorisedOfficer.objects.exists()
    assert not JournalEntry.objects.filter(action="control.designated").exists()


def test_nobody_designates_themselves_nor_somebody_without_a_post(director, agent):
    with pytest.raises(DesignationRefused) as alone:
        designate(agent, agent)
    Posting.objects.filter(user=agent).update(ends_on=DAY)
    with pytest.raises(DesignationRefused) as gone:
        designate(agent, director)

    assert (alone.value.code, gone.value.code) == ("SELF_DESIGNATION", "LEFT_THE_POST")


def test_leaving_the_post_revokes_at_once_and_is_written_down(director, agent):
    officer = designate(agent, director)

    end_posting(posting_pk=agent.postings.get().pk, ends_on=DAY + timedelta(days=1), ended_by="director")

    assert selectors.may_exchange(officer_pk=officer.pk, on=DAY) == ""
    assert "a quitté son poste" in selectors.may_exchange(officer_pk=officer.pk, on=DAY + timedelta(days=1))
    assert operations.revoke_departed(on=DAY) == 0
    assert operations.revoke_departed(on=DAY + timedelta(days=3)) == 1
    assert operations.revoke_departed(on=DAY + timedelta(days=3)) == 0
    officer.refresh_from_db()
    assert officer.revoked_on == DAY + timedelta(days=1)


def test_the_review_lists_what_nobody_looked_at_this_quarter(director, agent):
    officer = make_officer(CAF, OfficerCategory.SCHEME_CONTROL, "older", act_no="2025-1")
    fresh = designate(agent, director)
    assert list(selectors.to_review(director, DAY)) == [officer], "what began in the quarter waits for the next"

    operations.review(officer_pk=officer.pk, is_kept=True, by_pk=director.pk, at=NOON, on=DAY)
    operations.review(officer_pk=officer.pk, is_kept=False, by_pk=director.pk, at=NOON, on=DAY)

    officer.refresh_from_db()
    assert officer.revoked_on is None, "the first word of the quarter stands"
    assert not selectors.to_review(director, DAY).exists()
    assert set(selectors.to_review(director, date(2027, 1, 4))) == {fresh}, "the other ends on 1 November"
    with pytest.raises(DesignationRefused):
        operations.review(officer_pk=fresh.pk, is_kept=True, by_pk=agent.pk, at=NOON, on=DAY)


def test_a_review_that_withdraws_revokes(director):
    officer = make_officer(CAF, OfficerCategory.SCHEME_CONTROL, "older", act_no="2025-1")

    operations.review(officer_pk=officer.pk, is_kept=False, by_pk=director.pk, at=NOON, on=DAY)

    officer.refresh_from_db()
    assert officer.revoked_on == DAY


def refused_by_the_database(act: Any) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        act()
    return str(refused.value)


def test_the_database_refuses_what_a_designation_may_never_be(director, agent):
    make_body(AGENCY, BodyNature.HEALTH_AGENCY)
    officer = designate(agent, director)
    rows = AuthorisedOfficer.objects.filter(pk=officer.pk)
    made = {
        "designation_three_years_at_most": {"valid_to": date(2029, 1, 1)},
        "designation_by_an_act": {"act_no": " "},
        "designation_signed_by_another": {"signatory": "ève  tardive".replace("  ", " ")},
        "designation_by_another": {"designated_by": agent, "user": agent},
    }
    for constraint, changes in made.items():
        said = refused_by_the_database(
            lambda changes=changes: make_officer(
                CAF, OfficerCategory.SCHEME_CONTROL, **{"last_name": "Tardive", "act_no": "n", **changes}
            )
        )
        assert constraint in said
    assert "designation_health_agency_open" in refused_by_the_database(
        lambda: make_officer(AGENCY, OfficerCategory.HEALTH_AGENCY, act_dated=date(2019, 12, 27))
    )
    assert "un acte ne se modifie pas" in refused_by_the_database(lambda: rows.update(valid_to=date(2029, 10, 1)))
    assert "elle se retire" in refused_by_the_database(rows.delete)
    rows.update(revoked_on=DAY)
    assert "ce qui est retiré le reste" in refused_by_the_database(lambda: rows.update(revoked_on=None))
    with pytest.raises(IntegrityError, match="relit sa propre désignation"), transaction.atomic():
        DesignationReview.objects.create(officer=officer, quarter="2026-T4", is_kept=True, by=agent, at=NOON)


def test_the_figures_and_moves_of_the_database_are_those_of_the_code():
    assert latest_end(date(2026, 1, 1)) == date(2029, 1, 1)
    assert opened_on("HEALTH_AGENCY") == date(2019, 12, 28)
    source = Path("fraud/migrations/0006_keys_envelopes_and_reviews.py").read_text()
    for first, others in OUTGOING_MOVES.items():
        for other in others - {first}:
            assert f"('{first.value}', '{other.value}')" in source
    assert sum(len(others - {first}) for first, others in OUTGOING_MOVES.items()) == source.split(
        "fraud_check_envelope_move()"
    )[1].split("END IF")[0].count("('")


def outgoing(officer: AuthorisedOfficer, **changes: Any) -> OutgoingEnvelope:
    kept, key = keep(b"x")
    said: dict[str, Any] = {
        "envelope_id": "0" * 31 + "1", "sender_id": CAF, "recipient_id": AGENCY, "officer": officer, "kind": "test",
        "sequence": 1, "sent_at": NOON, "sha256": "0" * 64, "sealed": b"x", "kept": kept, "kept_key": key, "next_try_at": NOON,
    }  # fmt: skip
    return OutgoingEnvelope.objects.create(**said | changes)


def test_the_database_refuses_an_envelope_by_somebody_who_may_not(director, agent):
    make_body(AGENCY, BodyNature.HEALTH_AGENCY)
    officer = designate(agent, director)
    other = make_officer(AGENCY, OfficerCategory.HEALTH_AGENCY, "other")

    assert "d’un autre organisme" in refused_by_the_database(lambda: outgoing(other))
    late = NOON.replace(day=25)
    assert "n’est pas en vigueur" in refused_by_the_database(lambda: outgoing(officer, sent_at=late))
    assert "commence dans la file" in refused_by_the_database(lambda: outgoing(officer, state=OutgoingState.ACCEPTED))
    made = outgoing(officer)
    rows = OutgoingEnvelope.objects.filter(pk=made.pk)
    assert "ne mène pas" in refused_by_the_database(lambda: rows.update(state="ACCEPTED", receipt="x"))
    assert "ne change plus" in refused_by_the_database(lambda: rows.update(sha256="1" * 64))
    assert "ne s’efface pas" in refused_by_the_database(rows.delete)
    rows.update(kept_key=None)
    assert "il ne se remplace pas" in refused_by_the_database(lambda: rows.update(kept_key=b"autre"))
    Posting.objects.filter(user=agent).update(ends_on=DAY)
    assert "n’a pas ce poste" in refused_by_the_database(
        lambda: outgoing(officer, envelope_id="0" * 31 + "2", sequence=2)
    )


def test_a_private_key_is_only_that_of_a_body_played_here(director):
    make_body("DGFIP", BodyNature.STATE, is_here=False, endpoint="https://dgfip.example")

    assert "n’est pas tenu ici" in refused_by_the_database(
        lambda: BodyKey.objects.create(body_id="DGFIP", use="SIGN", kid="k", private=b"x")
    )
    key = BodyKey.objects.create(body_id=CAF, use="SIGN", kid="k2", private=b"x", revoked_at=NOON)
    assert "ne se reprend pas" in refused_by_the_database(
        lambda: BodyKey.objects.filter(pk=key.pk).update(revoked_at=None)
    )
    assert "elle se révoque" in refused_by_the_database(key.delete)
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("TRUNCATE fraud_refusedenvelope")
