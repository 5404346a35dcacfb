"""What is published stays; a rule changes by a new version; a suspended one never runs again."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import IntegrityError, transaction

from fraud.models import RULE_MOVES, ControlProgramme, Lead, RuleMove, RuleState, RuleVersion
from fraud.signals.declaring import ASSESSMENTS, DECLARED, ForbiddenFeatureError, RuleRefused
from fraud.signals.publishing import (
    ChangedWithoutVersion,
    RuleMoveNotAllowed,
    give_opinion,
    move_rule,
    opinion_on,
    publish_rules,
    published_rule,
    veto_rule,
)
from portal.audit.models import JournalEntry
from tests.fraud.signals.world import DAY, NOW, lead, opine, publish

pytestmark = pytest.mark.django_db


def folder_with(folder: Path, **changes: Any) -> Path:
    folder.mkdir(exist_ok=True)
    content = yaml.safe_load((DECLARED / "DM05.yaml").read_text(encoding="utf-8")) | changes
    (folder / "DM05.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def publish_from(folder: Path) -> list[RuleVersion]:
    return publish_rules(on=DAY, at=NOW, by="nationale", folder=folder)


def test_every_rule_is_published_once_with_its_line_in_the_journal() -> None:
    publish()
    publish()

    assert RuleVersion.objects.count() == 15 == RuleMove.objects.filter(to_state="AWAITING").count()
    assert JournalEntry.objects.filter(action="control.rule_published").count() == 15
    assert published_rule(RuleVersion.objects.get(code="DM05")).title.startswith("CMG et crèche")


def test_a_changed_content_under_the_same_version_is_refused_and_nothing_is_published(tmp_path: Path) -> None:
    publish_from(folder_with(tmp_path))
    with pytest.raises(ChangedWithoutVersion, match="nouveau numéro"):
        publish_from(folder_with(tmp_path, reason="Autre chose."))

    assert RuleVersion.objects.get().content["reason"].startswith("Pour le même enfant")


def test_a_word_changed_in_the_assessment_asks_for_a_new_version_and_a_new_opinion(tmp_path: Path) -> None:
    rules, documents = folder_with(tmp_path / "rules"), tmp_path / "documents"
    publish_from(rules)
    shutil.copytree(ASSESSMENTS, documents)
    changed = (ASSESSMENTS / "DM05.yaml").read_text(encoding="utf-8").replace("Modéré", "Faible")
    (documents / "DM05.yaml").write_text(changed, encoding="utf-8")

    with pytest.raises(ChangedWithoutVersion):
        publish_rules(on=DAY, at=NOW, by="nationale", folder=rules, assessments=documents)
    published = published_rule(RuleVersion.objects.get()).assessment
    assert published is not None
    assert published.residual.startswith("Modéré")


def test_the_same_content_written_otherwise_is_the_same_rule(tmp_path: Path) -> None:
    publish_from(DECLARED)
    content = yaml.safe_load((DECLARED / "DM05.yaml").read_text(encoding="utf-8"))
    (tmp_path / "DM05.yaml").write_text(yaml.safe_dump(dict(reversed(content.items()))), encoding="utf-8")

    assert publish_from(tmp_path) == []


def test_a_new_version_replaces_the_former_and_one_before_it_does_not_come_back(tmp_path: Path) -> None:
    opine(*publish_from(folder_with(tmp_path)))
    publish_from(folder_with(tmp_path, version=2, reason="Autre chose."))

    assert {(one.version, one.state) for one in RuleVersion.objects.all()} == {(1, "REPLACED"), (2, "AWAITING")}
    with pytest.raises(ChangedWithoutVersion):
        publish_from(folder_with(tmp_path, version=1))


def test_one_forbidden_rule_keeps_all_the_others_from_being_published(tmp_path: Path) -> None:
    for path in DECLARED.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    folder_with(tmp_path, inputs=["declared_care", "nationality"])
    with pytest.raises(ForbiddenFeatureError):
        publish_from(tmp_path)

    assert not RuleVersion.objects.exists()


def test_no_rule_runs_before_the_opinion_of_somebody_else_which_is_given_once(tmp_path: Path) -> None:
    (rule,) = publish_from(folder_with(tmp_path))
    told: dict[str, Any] = {"rule_pk": rule.pk, "on": DAY, "at": NOW, "reason": "Vu, avec le tirage au sort."}
    for by, reason in (("kowalski", " non "), ("nationale", told["reason"])):
        with pytest.raises(RuleRefused):
            give_opinion(**told | {"reason": reason}, is_favourable=True, by=by)
    rule.refresh_from_db()
    assert (rule.state, opinion_on(rule)) == (RuleState.AWAITING, None)
    give_opinion(**told, is_favourable=True, by="kowalski")
    with pytest.raises(RuleMoveNotAllowed, match="déjà"):
        give_opinion(**told, is_favourable=False, by="kowalski")

    rule.refresh_from_db()
    given = opinion_on(rule)
    assert given is not None
    assert (rule.state, given.by, given.reason) == (
        RuleState.RUNNING, "kowalski", "Avis favorable : Vu, avec le tirage au sort.",
    )  # fmt: skip


def test_an_opinion_against_ends_the_version_before_it_ever_ran(tmp_path: Path) -> None:
    (rule,) = publish_from(folder_with(tmp_path))
    give_opinion(rule_pk=rule.pk, is_favourable=False, by="kowalski", on=DAY, at=NOW, reason="Trop large pour son but.")

    rule.refresh_from_db()
    assert (rule.state, str(opinion_on(rule).reason)[:16]) == (RuleState.SUSPENDED, "Avis défavorable")  # type: ignore[union-attr]


def test_a_veto_asks_for_a_reason_and_ends_the_version() -> None:
    publish()
    rule = RuleVersion.objects.get(code="DM01")
    with pytest.raises(RuleRefused):
        veto_rule(rule_pk=rule.pk, by="kowalski", on=DAY, at=NOW, reason="  non ")
    veto_rule(rule_pk=rule.pk, by="kowalski", on=DAY, at=NOW, reason="Trop peu de sources vérifiées.")

    rule.refresh_from_db()
    assert rule.state == RuleState.SUSPENDED
    with pytest.raises(RuleMoveNotAllowed):
        veto_rule(rule_pk=rule.pk, by="kowalski", on=DAY, at=NOW, reason="Une seconde fois, pour voir.")
    publish()
    rule.refresh_from_db()
    assert rule.state == RuleState.SUSPENDED


def refused(action: Any) -> str:
    with pytest.raises(IntegrityError) as told, transaction.atomic():
        action()
    return str(told.value)


def test_the_database_lets_no_version_run_without_the_opinion_of_another_person(tmp_path: Path) -> None:
    (rule,) = publish_from(folder_with(tmp_path))
    rules, said = RuleVersion.objects.filter(pk=rule.pk), {"rule": rule, "at": NOW, "dated": DAY, "reason": "x"}
    run = {"from_state": "AWAITING", "to_state": "RUNNING"}

    assert "aucun avis" in refused(lambda: rules.update(state="RUNNING"))
    RuleMove.objects.create(**said, **run, by="nationale")
    assert "aucun avis" in refused(lambda: rules.update(state="RUNNING"))
    assert "pas en service" in refused(lead)
    other = {"code": "DM01", "version": 1, "digest": "x", "content": {}, "published_on": DAY, "published_by": "x"}
    assert "attend d’abord" in refused(lambda: RuleVersion.objects.create(**other, state="RUNNING"))
    RuleMove.objects.create(**said, **run, by="kowalski")
    assert rules.update(state="RUNNING") == 1
    assert lead().pk


def test_the_database_refuses_what_no_page_can_do() -> None:
    publish()
    rules = RuleVersion.objects.filter(code="DM05")
    found = Lead.objects.filter(pk=lead().pk)

    assert "ne change pas" in refused(lambda: rules.update(digest="x"))
    assert "ne change pas" in refused(lambda: rules.update(content={}))
    assert refused(lambda: rules.delete())
    assert "ne change pas" in refused(lambda: found.update(rule_version=2))
    assert refused(lambda: found.delete())
    move_rule(rule_pk=rules.get().pk, to=RuleState.SUSPENDED, by="x", on=DAY, at=NOW, reason="x")
    assert "ne mène pas" in refused(lambda: rules.update(state="RUNNING"))
    assert "pas en service" in refused(lead)
    assert lead("DM06").pk


def test_the_database_knows_the_moves_of_the_table() -> None:
    from importlib import import_module

    sql = import_module("fraud.migrations.0015_rules_wait_for_an_opinion").SQL
    pairs = {f"('{former}', '{new}')" for former, after in RULE_MOVES.items() for new in after}
    assert all(pair in sql for pair in pairs)
    assert sum(sql.count(f"('{state}', '") for state in RuleState) == len(pairs)


def test_no_score_of_a_person_is_stored_anywhere() -> None:
    from django.apps import apps

    forbidden = ("score", "risk", "rank", "weight", "probab", "likelihood", "rating", "suspicion", "profile")
    columns = [
        f"{model.__name__}.{one.name}"
        for model in apps.get_app_config("fraud").get_models()
        for one in model._meta.get_fields()
        # The risks of a programme are a body's, not a person's.
        if any(word in one.name for word in forbidden) and model is not ControlProgramme
    ]
    assert columns == []
