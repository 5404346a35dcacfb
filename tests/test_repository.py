"""The project checks itself: every schedule documented, every template used, every figure sourced."""

import ast
import re
from datetime import date
from pathlib import Path

import yaml
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
PARAMETERS = [
    path
    for folder in (
        "cmg/parameters",
        "aripa/parameters",
        "monenfant/parameters",
        "fraud/parameters",
        "portal/audit/parameters",
        "portal/benefits/parameters",
        "portal/legislation/common",
        "portal/organisations/parameters",
    )
    for path in (ROOT / folder).glob("*.yaml")
]


def test_every_scheduled_task_has_its_line_in_the_operators_guide() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in settings.CELERY_BEAT_SCHEDULE if f"`{name}`" not in guide] == []


def test_every_template_is_used() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("templates", "cmg", "aripa", "monenfant", "fraud", "portal")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".html")
    )
    named = {str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.html")}
    by_django = {"403.html", "404.html", "500.html"}
    assert sorted(name for name in named - by_django if f'"{name}"' not in sources) == []


def test_every_figure_has_a_source_a_status_a_unit_and_a_date_of_check() -> None:
    for path in PARAMETERS:
        for key, figure in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            assert figure["term"], key
            assert figure["unit"], key
            assert isinstance(figure["checked_on"], date), key
            assert figure["values"], key
            assert all(value["source"] and value["status"] for value in figure["values"]), key
            assert all(isinstance(value["from"], date) for value in figure["values"]), key


def test_one_figure_has_one_file() -> None:
    keys = [key for path in PARAMETERS for key in yaml.safe_load(path.read_text(encoding="utf-8"))]
    assert len(keys) == len(set(keys))


def test_every_public_name_of_the_rules_is_in_the_glossary() -> None:
    """Functions and classes; a glossary names an amount without its unit, `part_b` for `part_b_cents`."""
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    names = [
        node.name
        for app in ("cmg", "aripa", "monenfant", "fraud", "portal/organisations", "portal/benefits")
        for path in sorted((ROOT / app / "rules").glob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert len(names) > 80
    assert [name for name in names if f"`{name.removesuffix('_cents')}`" not in glossary] == []


def test_no_state_colour_font_or_flag_is_shown() -> None:
    style = (ROOT / "static" / "css" / "portal.css").read_text(encoding="utf-8").lower()
    assert not re.search(r"marianne|#000091|#e1000f|#6a6af4", style)


def test_every_state_is_in_the_glossary() -> None:
    from aripa.models import AgreementState
    from aripa.words import ORDERS, TERMS
    from aripa.words import STATES as CASES
    from cmg.models import AnomalyState, SettlementStatus
    from fraud.models import (
        CaseState,
        ExchangeState,
        LeadState,
        MeetingState,
        OperationState,
        OutgoingState,
        PenaltyState,
        ProgrammeStatus,
        RncpsOrderState,
    )
    from fraud.rules.parliament import ReportState
    from monenfant.models import AppointmentState, FollowUpState, ListingStatus
    from portal.accounts.models import ResetState
    from portal.banking.models import OrderState
    from portal.batches.models import RunState, SliceState
    from portal.casework.models import DossierState
    from portal.organisations.models import CreationState

    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    kinds = (AnomalyState, SettlementStatus, OrderState, RunState, SliceState, DossierState, ResetState, AgreementState, FollowUpState,
             ListingStatus, AppointmentState, CaseState, ExchangeState, LeadState, MeetingState, OperationState, OutgoingState,
             PenaltyState, ProgrammeStatus, RncpsOrderState, CreationState)  # fmt: skip
    states = [*CASES, *TERMS, *ORDERS, *ReportState] + [state for kind in kinds for state in kind.values]
    assert [state for state in states if state not in ("", "COMING") and f"`{state}`" not in glossary] == []
