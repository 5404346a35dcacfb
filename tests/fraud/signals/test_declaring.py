"""What a declared rule may not be, and the look-alike of each that it may."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from fraud.rules.features import FEATURES, ForbiddenFeatureError, UnknownFeatureError, check_features, forbidden_in
from fraud.signals.assessing import ASSESSMENTS, SECTIONS, read_assessment
from fraud.signals.declaring import DECLARED, RuleRefused, load_rule, load_rules

DAY = date(2026, 10, 26)


def declared(**changes: Any) -> dict[str, Any]:
    said = yaml.safe_load((DECLARED / "DM05.yaml").read_text(encoding="utf-8"))
    return said | {"assessment": read_assessment("DM05")} | changes


def test_every_rule_of_the_portal_is_loaded_with_its_figures() -> None:
    rules = load_rules(DAY)

    assert [*rules] == [*(f"DM{number:02d}" for number in range(1, 13)), "DR01", "DR02", "DR03"]
    assert all(rule.figures_on(DAY) for rule in rules.values())
    assert [code for code, rule in rules.items() if rule.in_favour] == ["DR01", "DR02", "DR03"]


@pytest.mark.parametrize(
    "name",
    [
        "nationality", "NATIONALITE", "Nationalité", "parentNationality", "nationality_of_child", "nation\u200bality",
        "citizenship", "titre_de_sejour", "foreign_national", "birthplace", "birth_place_abroad", "pays_de_naissance",
        "lieuNaissance", "country-of-birth", "ne_hors_de_france", "origine", "ethnicity", "langue_parlee", "language",
        "religion", "santé", "health_status", "handicap", "disability", "aah", "sexe", "gender", "Sex", "age", "AGE",
        "quartier", "neighbourhood_score", "qpv", "nombre_enfants", "children_count", "dependent_children",
        "single_parent", "parent_isole", "isolated_parent", "device", "user_agent", "ip", "adresse_ip", "ip_country",
        "iban_country", "pays_iban", "person_risk_score", "score",
    ],
)  # fmt: skip
def test_what_is_forbidden_is_refused_by_its_meaning_in_every_place_of_a_rule(name: str) -> None:
    assert forbidden_in(name), name
    with pytest.raises(ForbiddenFeatureError, match="ne peut jamais servir"):
        load_rule(declared(inputs=["declared_care", name]), DAY)
    with pytest.raises(ForbiddenFeatureError, match="ne peut jamais servir"):
        load_rule(declared(thresholds={name: "signals.overlap_hours"}), DAY)
    with pytest.raises(ForbiddenFeatureError, match="ne peut jamais servir"):
        load_rule(declared(**{name: True}), DAY)


@pytest.mark.parametrize("name", ["nаtionality", "first_names", "postcode", "phone"])
def test_what_is_not_in_the_closed_list_is_refused_also_with_a_letter_of_another_alphabet(name: str) -> None:
    with pytest.raises(UnknownFeatureError, match="liste fermée"):
        load_rule(declared(inputs=["declared_care", name]), DAY)


def test_the_closed_list_holds_nothing_forbidden_but_a_benefit_that_verifies_itself() -> None:
    assert [name for name in FEATURES if forbidden_in(name)] == ["disability_benefit"]


def test_a_benefit_of_disability_is_read_to_verify_that_benefit_alone() -> None:
    check_features(["disability_benefit"], verifies="aeeh")
    for verifies in ("", "cmg"):
        with pytest.raises(ForbiddenFeatureError, match="elle-même"):
            check_features(["disability_benefit"], verifies=verifies)


def test_living_as_a_couple_verifies_asf_and_nothing_else() -> None:
    check_features(["living_as_couple"], verifies="asf")
    with pytest.raises(ForbiddenFeatureError):
        load_rule(declared(inputs=["living_as_couple"]), DAY)


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("a DPIA that is missing", {"dpia": None}),
        ("a DPIA without its date", {"dpia": {"reference": "AIPD-2025-05"}}),
        ("a DPIA that is another's", {"dpia": {"reference": "AIPD-2025-06", "dated": date(2025, 11, 14)}}),
        ("no owner", {"owner": " "}),
        ("a threshold typed as a number", {"thresholds": {"overlap": 8}}),
        ("a threshold typed as a text", {"thresholds": {"overlap": "8"}}),
        ("a figure that nobody declared", {"thresholds": {"overlap": "signals.hours"}}),
        ("a figure of another part", {"thresholds": {"overlap": "social_security_ceiling.monthly"}}),
        ("no threshold", {"thresholds": {}}),
        ("no innocent explanation", {"innocent": []}),
        ("a rule that is over", {"ends_on": DAY}),
        ("an end before its start", {"ends_on": date(2025, 1, 1)}),
        ("a field that no rule has", {"weights": {"declared_care": 2}}),
        ("a code that is none", {"code": "X1"}),
        ("a version that is none", {"version": 0}),
        ("a retention typed as a number", {"retention": 3}),
    ],
)
def test_a_rule_that_lacks_what_protects_people_is_not_loaded(what: str, changes: dict[str, Any]) -> None:
    with pytest.raises(RuleRefused):
        load_rule(declared(**changes), DAY)


def test_a_rule_is_loaded_until_the_eve_of_its_end() -> None:
    assert load_rule(declared(ends_on=date(2026, 10, 27)), DAY).code == "DM05"


def test_a_missing_field_is_named() -> None:
    for name, told in (("dpia", "dpia"), ("assessment", "pas d’analyse d’impact écrite")):
        content = declared()
        del content[name]
        with pytest.raises(RuleRefused, match=told):
            load_rule(content, DAY)


def test_a_folder_with_one_wrong_rule_is_refused(tmp_path: Path) -> None:
    (tmp_path / "DM05.yaml").write_text(yaml.safe_dump(declared(inputs=["nationality"])), encoding="utf-8")
    with pytest.raises(ForbiddenFeatureError):
        load_rules(DAY, tmp_path)


# The impact assessment.


def document(**changes: Any) -> dict[str, Any]:
    return declared(assessment=read_assessment("DM05") | changes)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_document_without_one_of_its_sections_or_with_an_empty_one_is_refused(section: str) -> None:
    content = document()
    del content["assessment"][section]
    with pytest.raises(RuleRefused, match=section):
        load_rule(content, DAY)
    with pytest.raises(RuleRefused, match=section):
        load_rule(document(**{section: ""}), DAY)


@pytest.mark.parametrize(
    ("what", "section", "of", "told"),
    [
        ("a thing compared without its why", "data", "care_hours_creche", "ce qui est comparé"),
        ("an explanation nobody would recognise", "innocent", "ADAPTATION", "les explications innocentes"),
        ("no risk of stigma", "risks", "stigma", "trois risques"),
    ],
)
def test_a_document_speaks_of_each_thing_of_its_rule(what: str, section: str, of: str, told: str) -> None:
    whole = read_assessment("DM05")[section]
    for wrong in ({name: one for name, one in whole.items() if name != of}, whole | {"another": whole[of]}):
        with pytest.raises(RuleRefused, match=told):
            load_rule(document(**{section: wrong}), DAY)
    with pytest.raises(RuleRefused, match="impact"):
        load_rule(document(**{section: whole | {of: ""}}), DAY)
    assert load_rule(document(**{section: dict(reversed(whole.items()))}), DAY).assessment, what


def test_a_rule_whose_document_is_not_there_or_leaves_a_section_to_the_common_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "common.yaml").write_bytes((ASSESSMENTS / "common.yaml").read_bytes())
    with pytest.raises(RuleRefused, match="pas d’analyse d’impact écrite"):
        read_assessment("DM05", tmp_path)
    own = yaml.safe_load((ASSESSMENTS / "DM05.yaml").read_text(encoding="utf-8"))
    (tmp_path / "DM05.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")
    assert load_rule(declared(assessment=read_assessment("DM05", tmp_path)), DAY).code == "DM05"
    (tmp_path / "DM05.yaml").write_text(yaml.safe_dump(own | {"left_out": []}), encoding="utf-8")
    with pytest.raises(RuleRefused, match="left_out"):
        load_rule(declared(assessment=read_assessment("DM05", tmp_path)), DAY)
