"""A programme from its draft to its report; what is refused by the operation is refused by the database too."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from fraud.models import ControlProgramme, ProgrammeMove, ProgrammeSynthesis
from fraud.programme import figures
from fraud.programme import operations as acts
from fraud.programme.content import Axis, Content, ContentRefused, content_typed
from fraud.rules.programme import (
    PROGRAMME_MOVES,
    ProgrammeMoveNotAllowed,
    ProgrammeOfItsDrafterError,
    ProgrammeRefused,
    ProgrammeWithoutOpinionError,
    ProgrammeWithoutPlanError,
)
from portal.accounts.models import Role
from portal.audit.models import JournalEntry
from tests.fraud.programme.world import (
    CONTENT,
    DAY,
    anne,
    case,
    draft,
    helene,
    history,
    in_progress,
    opinion,
    person,
    plan,
    sylvie,
    who,
)

pytestmark = pytest.mark.django_db
JANUARY = date(2026, 1, 12)


def by_hand(sql: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def adopt_by_hand(programme: ControlProgramme, **columns: object) -> None:
    """As somebody with the database's tools would."""
    told = {"status": "ADOPTED", "adopted_on": JANUARY, "adopted_by_id": helene().pk} | columns
    names = ", ".join(f"{name} = %s" for name in told)
    by_hand(f"UPDATE fraud_controlprogramme SET {names} WHERE id = %s", *told.values(), programme.pk)


def test_a_year_from_its_draft_to_its_report() -> None:
    found = in_progress()
    case(owed_by_cents=1000, owed_to_cents=0, fraud_cents=0, avoided_cents=0)
    made, again = acts.review(programme_pk=found.pk, findings="Le premier semestre est tenu.", measures="Rien ne change au second.",
                              who=who(sylvie(), date(2026, 7, 6)))  # fmt: skip
    assert (again, made.figures["indicators"]["CHECKS"]["value"]) == (False, 1)
    synthesis = acts.close(
        programme_pk=found.pk, words="Une année tenue, sans surprise.", who=who(helene(), date(2027, 1, 20))
    )
    acts.report(programme_pk=found.pk, who=who(helene(), date(2027, 2, 1)))

    found.refresh_from_db()
    assert found.status == "REPORTED"
    moves = ProgrammeMove.objects.filter(programme=found).order_by("pk").values_list("from_status", "to_status", "by")
    assert list(moves) == [("", "DRAFT", "sylvie"), ("DRAFT", "ADOPTED", "helene"), ("ADOPTED", "IN_PROGRESS", "helene"),
                           ("IN_PROGRESS", "CLOSED", "helene"), ("CLOSED", "REPORTED", "helene")]  # fmt: skip
    assert JournalEntry.objects.filter(action="control.programme.sealed", detail__digest=synthesis.digest).exists()


def test_adoption_without_the_plan_of_the_year_is_refused_and_nothing_moves() -> None:
    """Example 16."""
    found = draft()
    plan(2025)
    opinion(found, JANUARY)

    with pytest.raises(ProgrammeWithoutPlanError):
        acts.adopt(programme_pk=found.pk, who=who(helene(), JANUARY))
    with pytest.raises(DatabaseError, match="plan de contrôle interne"):
        adopt_by_hand(found, plan_id=connection_plan(2025))
    found.refresh_from_db()
    assert (found.status, found.adopted_on) == ("DRAFT", None)


def connection_plan(year: int) -> int:
    from fraud.models import InternalControlPlan

    return InternalControlPlan.objects.get(year=year).pk


def test_adoption_without_the_opinion_is_refused() -> None:
    found = draft()
    plan()
    with pytest.raises(ProgrammeWithoutOpinionError):
        acts.adopt(programme_pk=found.pk, who=who(helene(), JANUARY))
    with pytest.raises(DatabaseError):
        adopt_by_hand(found, plan_id=connection_plan(2026))


def test_an_opinion_on_another_content_no_longer_counts() -> None:
    found = draft()
    plan()
    opinion(found, date(2025, 12, 10))
    acts.redraft(programme_pk=found.pk, content=CONTENT, who=who(sylvie(), date(2025, 12, 12)))

    with pytest.raises(ProgrammeWithoutOpinionError):
        acts.adopt(programme_pk=found.pk, who=who(helene(), JANUARY))


def test_nobody_adopts_what_they_wrote_not_even_one_change_of_it() -> None:
    found = draft()
    plan()
    acts.redraft(programme_pk=found.pk, content=CONTENT, who=who(helene(), date(2025, 12, 1)))
    acts.redraft(programme_pk=found.pk, content=CONTENT, who=who(sylvie(), date(2025, 12, 2)))
    opinion(found, JANUARY)

    with pytest.raises(ProgrammeOfItsDrafterError):
        acts.adopt(programme_pk=found.pk, who=who(helene(), JANUARY))
    with pytest.raises(DatabaseError, match="adopté par qui"):
        adopt_by_hand(found, plan_id=connection_plan(2026))
    with pytest.raises(DatabaseError):
        adopt_by_hand(found, plan_id=connection_plan(2026), adopted_by_id=sylvie().pk)


def test_only_the_direction_adopts_and_only_data_protection_gives_an_opinion() -> None:
    found = draft()
    plan()
    with pytest.raises(ProgrammeRefused):
        acts.give_opinion(programme_pk=found.pk, opinion="FAVOURABLE", text="x" * 30, who=who(helene(), JANUARY))
    opinion(found, JANUARY)
    with pytest.raises(ProgrammeRefused):
        acts.adopt(programme_pk=found.pk, who=who(person("philippe", Role.CONTROLLER), JANUARY))
    acts.adopt(programme_pk=found.pk, who=who(helene(), JANUARY))
    with pytest.raises(ProgrammeMoveNotAllowed):
        acts.adopt(programme_pk=found.pk, who=who(helene(), JANUARY))


@pytest.mark.parametrize("sql", [
    "UPDATE fraud_controlprogramme SET risks = '{autre}'", "UPDATE fraud_controlprogramme SET year = 2025",
    "UPDATE fraud_controlprogramme SET status = 'DRAFT'", "UPDATE fraud_controlprogramme SET status = 'REPORTED'",
    "UPDATE fraud_controlprogramme SET opinion_text = 'autre'", "DELETE FROM fraud_controlprogramme",
    "UPDATE fraud_programmeaxis SET planned = 1", "DELETE FROM fraud_programmeobjective", "DELETE FROM fraud_programmemove",
    "UPDATE fraud_programmeobjective SET target = 1", "UPDATE fraud_internalcontrolplan SET year = 2027",
    "INSERT INTO fraud_programmeaxis (programme_id, code, object, population, method, planned, share)"
    " SELECT id, 'X', 'x', 'x', 'ON_FILE', 1, 0 FROM fraud_controlprogramme",
    "INSERT INTO fraud_programmesynthesis (programme_id, as_of, frozen_at, closed_by_id, words, figures, digest)"
    " SELECT id, '2026-10-26', now(), adopted_by_id, 'x', '{}', '' FROM fraud_controlprogramme",
])  # fmt: skip
def test_what_is_adopted_does_not_change_whoever_writes(sql: str) -> None:
    in_progress()
    with pytest.raises(DatabaseError):
        by_hand(sql)


def test_the_pairs_of_the_database_are_those_of_the_rule() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'fraud_check_programme'")
        source = cursor.fetchone()[0]
    for before, after in PROGRAMME_MOVES.items():
        for to in PROGRAMME_MOVES:
            assert (f"('{before}', '{to}')" in source) == (to in after)


def test_the_hours_are_at_most_the_whole_whoever_writes() -> None:
    found = draft()
    by_hand("UPDATE fraud_programmeaxis SET share = 400 WHERE code = 'DROITS'")
    with pytest.raises(DatabaseError, match="100 %"):
        by_hand("UPDATE fraud_programmeaxis SET share = 401 WHERE code = 'DROITS'")
    assert found.axes.count() == 2


def test_an_amendment_is_a_new_version_and_the_former_stays() -> None:
    first = in_progress()
    with pytest.raises(ProgrammeRefused, match="pourquoi"):
        acts.draft_programme(body="CAF63", year=2026, content=CONTENT, key=uuid4(), who=who(sylvie()))
    second, _again = acts.draft_programme(
        body="CAF63", year=2026, content=CONTENT, key=uuid4(), reason="un axe de plus", who=who(sylvie())
    )
    with pytest.raises(ProgrammeRefused, match="existe déjà"):
        acts.draft_programme(body="CAF63", year=2026, content=CONTENT, key=uuid4(), reason="encore", who=who(sylvie()))
    opinion(second, DAY)
    acts.adopt(programme_pk=second.pk, who=who(helene()))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.superseded_on, second.status, second.version) == ("IN_PROGRESS", DAY, "IN_PROGRESS", 2)
    with pytest.raises(ProgrammeRefused):
        acts.close(programme_pk=first.pk, words="x" * 30, who=who(helene(), date(2027, 1, 5)))
    with pytest.raises(DatabaseError, match="remplacé"):
        by_hand("UPDATE fraud_controlprogramme SET superseded_on = NULL WHERE id = %s", first.pk)


def test_the_same_form_again_gives_the_same_draft() -> None:
    key = uuid4()
    first, again = (
        acts.draft_programme(body="CAF63", year=2026, content=CONTENT, key=key, who=who(sylvie())) for _ in range(2)
    )
    assert (first[0].pk, first[1], again[1]) == (again[0].pk, False, True)


def test_frozen_figures_come_out_the_same_and_never_change() -> None:
    found = in_progress()
    case(owed_by_cents=1000, owed_to_cents=0, fraud_cents=0, avoided_cents=0)
    synthesis = acts.close(
        programme_pk=found.pk, words="Une année tenue, sans surprise.", who=who(helene(), date(2027, 1, 20))
    )

    case(opened=date(2027, 1, 4), decided=date(2027, 1, 25))  # of the next year
    late = case(owed_to_cents=500)

    def again() -> str:
        return figures.digest_of(figures.frozen(figures.figures_of(found, as_of=synthesis.as_of)))

    assert again() != synthesis.digest
    with history():
        late.delete()
    assert again() == figures.digest_of(synthesis.figures) == synthesis.digest
    assert figures.frozen(figures.thawed(synthesis.figures)) == synthesis.figures
    for sql in ("UPDATE fraud_programmesynthesis SET figures = '{}'", "DELETE FROM fraud_programmesynthesis"):
        with pytest.raises(DatabaseError):
            by_hand(sql)


def test_a_result_has_no_place_where_it_could_be_typed() -> None:
    """No column of a programme, an axis or an objective holds one, and a form that sends one is not heard."""
    names = {field.name for model in (ControlProgramme, *(rel.related_model for rel in ControlProgramme._meta.related_objects))
             if model is not ProgrammeSynthesis for field in model._meta.get_fields()}  # fmt: skip
    assert not {name for name in names if "actual" in name or "reached" in name or "done" in name}
    typed = posted() | {"actual_CHECKS": "999", "CHECKS": "999"}
    assert content_typed(typed) == content_typed(posted())


def posted(**more: str) -> dict[str, str]:
    axis = {
        "code": "RESSOURCES",
        "object": "x",
        "population": "y",
        "method": "ON_FILE",
        "planned": "40",
        "share": "60,5",
    }
    return (
        {"risks": "un risque\n\n", "target_CHECKS": "50", "target_DAYS": "90,5"}
        | {f"axis_1_{k}": v for k, v in axis.items()}
        | more
    )


def test_what_is_typed_is_read_once_and_exactly() -> None:
    found = content_typed(posted(target_OWED_TO="1 234,5 €", target_NOTICES="50"))
    assert found == Content(["un risque"], [Axis("RESSOURCES", "x", "y", "ON_FILE", 40, 605)],
                            {"CHECKS": 50, "DAYS": 905, "OWED_TO": 123_450, "NOTICES": 1000})  # fmt: skip


@pytest.mark.parametrize(("change", "field"), [
    ({"risks": " "}, "risks"), ({"axis_1_code": "é"}, "axis_1_code"), ({"axis_1_planned": "0"}, "axis_1_planned"),
    ({"axis_1_share": "100,1"}, "axis_1_share"), ({"axis_1_method": "GUESS"}, "axis_1_method"),
    ({"target_CHECKS": "1,5"}, "target_CHECKS"), ({"target_HIT_RATE": "101"}, "target_HIT_RATE"),
    ({"axis_2_code": "AUTRE", "axis_2_object": "x", "axis_2_population": "y", "axis_2_method": "JOINT", "axis_2_planned": "1",
      "axis_2_share": "39,6"}, "axis_1_share"),
])  # fmt: skip
def test_each_fault_is_told_at_its_field(change: dict[str, str], field: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        content_typed(posted(**change))
    assert list(refused.value.errors) == [field]


def test_no_opinion_of_who_wrote_it() -> None:
    person("kowalski", Role.CONTROL_CASEWORKER)
    found, _again = acts.draft_programme(body="CAF63", year=2026, content=CONTENT, key=uuid4(), who=who(anne()))
    with pytest.raises(ProgrammeRefused):
        opinion(found, DAY)
