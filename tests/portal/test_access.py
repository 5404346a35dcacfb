"""Every address of the portal, as every role and as a stranger, on one's own objects and on those of others.

One line an address. A new address that is not in the table fails the test: say who may open it, then it passes.
"""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from aripa.garnishees.links import token_of
from aripa.models import Act, Agreement, BankMove, Case, Disclosure, OrderLink, ParentAct, RequestDraft, Worry
from aripa.operations import run_days
from cmg.models import (
    Advance,
    BoardCase,
    FamilyDraft,
    FamilyMerge,
    Overpayment,
    PersonVerdict,
    Refund,
    Regularisation,
    Repair,
    Report,
    Settlement,
)
from cmg.operations import close_month
from cmg.population import generate
from cmg.replay.operations import ask_replay, run_replay
from cmg.views.piloting_replay import EMILIE
from monenfant.models import (
    CarePlace,
    DelegationAct,
    Gesture,
    Manager,
    ProAccessGrant,
    Purpose,
    SoftwareDelegation,
    SoftwareVendor,
)
from monenfant.operations import replace_window
from monenfant.publishing import publish_offer
from monenfant.reporting.foreseeing import Wish
from monenfant.reporting.links import link_for
from monenfant.reporting.windows import monday_of
from monenfant.reporting.writing import PORTAL, publish
from portal.accounts.models import Door, FactorReset, FamilyLink, LinkedBy, Posting, Role, User
from portal.accounts.permissions import moment_on
from portal.accounts.rights import TABLE, Area, Right, holders, of_area, posted_by_door
from portal.banking.models import BankFile, PaymentOrder
from portal.casework.models import Dossier, HandOver
from portal.casework.papers import keep_attachment
from portal.exchange.models import ReceivedFile, RejectedRow
from portal.exchange.operations import import_files
from portal.frame.models import SavedFilter
from portal.letters.models import Letter, LetterBatch, LetterJob
from portal.letters.operations import ask_letter
from portal.organisations.models import BodyMission, Organisation
from portal.people.vault import encrypt
from tests.aripa.rows import event_row, forced_case, live_case
from tests.cmg.files import row, write
from tests.fraud.access import LINES, control_objects, hold
from tests.monenfant.appointments.world import DESK, appointments_of
from tests.monenfant.files import row as approval
from tests.monenfant.files import take_in
from tests.monenfant.objects import childcare_objects
from tests.monenfant.transmission.scene import place as childcare_place
from tests.monenfant.transmission.scene import structure
from tests.portal.access import (
    DAY,
    ELSEWHERE,
    EVERYBODY,
    EXPIRED,
    HALF,
    HERE,
    NATIONAL,
    OUTSIDE,
    SIGNED_IN,
    STRANGER,
    Line,
    own_number,
)
from tests.portal.benefits import access as benefits
from tests.portal.organisations import access as joint_funds

MONTH = date(2026, 10, 1)
pytestmark = pytest.mark.django_db

CMG, CLOSE, EXPORT = holders(Right.SEE_CMG), holders(Right.CLOSE_MONTH), holders(Right.EXPORT)
TREAT = holders(Right.TREAT_CMG)
SIGN, RESET = holders(Right.SIGN_FIRST, Right.SIGN_SECOND), holders(Right.ASK_RESET, Right.DECIDE_RESET)
STEER = holders(Right.STEER)
CARE, TREAT_CARE = holders(Right.SEE_CHILDCARE), holders(Right.TREAT_CHILDCARE)
HEAL = holders(Right.HEAL)
SUPPORT, TREAT_SUPPORT = holders(Right.SEE_SUPPORT), holders(Right.TREAT_SUPPORT)
REPORTERS, MANAGERS = holders(Right.REPORT_PLACES), frozenset({Role.STRUCTURE_MANAGER})
BANKERS = holders(Right.FETCH_SUPPORT_FILES)
SIGN_TITLE = holders(Right.SIGN_TITLE)
ADVISERS = holders(Right.HOLD_DESK)
# Who sees remedies without deciding: to act, the page is not there for them.
LOOKERS = dict.fromkeys(CMG - HEAL, (200, 404))
PARENT = frozenset({Role.PARENT})
REPORTERS = holders(Right.REPORT_PLACES)


# The common text of an agreement.
AGREED = {
    "couple": "COHABITATION", "party": "CREDITOR", "other_name": "Petit", "other_first": "Paul", "other_born": "1990-01-01",
    "first_identity": {"last": "MARTIN", "first": "Léa", "born": "1991-01-01"}, "own_annual": "18000", "name_1": "Jade",
    "second_identity": {"last": "PETIT", "first": "Paul", "born": "1990-01-01"}, "born_1": "2018-01-01",
    "stay_1": "STANDARD", "amount_1": "210", "index": "NONE_MENTIONED", "way": "SERVICE",
}  # fmt: skip
MONTH_IS = {"month": "month"}
FAMILY_HERE, FAMILY_THERE = {"employer_no": "family_here"}, {"employer_no": "family_elsewhere"}
SUPPORT_HERE, SUPPORT_THERE = {"case_no": "support_here"}, {"case_no": "support_elsewhere"}
REQUEST_HERE, REQUEST_THERE = {"pk": "request_here"}, {"pk": "request_elsewhere"}
PART_HERE = {"pk": "overpayment_here", "part": "part_here"}
PART_THERE = {"pk": "overpayment_elsewhere", "part": "part_elsewhere"}


def care_thing(name: str, **more: str) -> dict[str, Any]:
    """A thing of childcare in one's département, and another's; what comes with it is of the same place."""
    beside = {
        place: {key: value if key == "code" else f"{value}_{place}" for key, value in more.items()}
        for place in ("here", "elsewhere")
    }
    return {"own": {name: f"{name}_here"} | beside["here"], "others": {name: f"{name}_elsewhere"} | beside["elsewhere"]}


def own_key(name: str, **more: str) -> dict[str, Any]:
    """One's own agreement, and that of others, which is never there."""
    return {"own": {"key": f"{name}_here"} | more, "others": {"key": f"{name}_elsewhere"} | more, "never": True}


OWN_TOLD: dict[str, Any] = {
    "own": {"number": "place_here", "key": "told_key_here"},
    "others": {"number": "place_elsewhere", "key": "told_key_elsewhere"}, "never": True,
}  # fmt: skip


def own_case(name: str, **more: str) -> dict[str, Any]:
    """One's own case of a pension, and the case of others, which is never there."""
    return {
        "own": {"case_no": f"{name}_here"} | more, "others": {"case_no": f"{name}_elsewhere"} | more, "never": True,
    }  # fmt: skip


ACCESS: dict[str, Line] = {
    "frame:home":            Line(SIGNED_IN, 302),
    "frame:appearance":      Line(EVERYBODY, None, 302, outside=302),
    "frame:save_filter":     Line(SIGNED_IN, None, 404),
    "frame:remove_filter":   Line(SIGNED_IN, None, 302, own={"saved": "my_filter"}, others={"saved": "their_filter"}, never=True),
    "frame:components":      Line(EVERYBODY, outside=200),
    "frame:healthz":         Line(EVERYBODY, outside=200),
    "frame:readyz":          Line(EVERYBODY, outside=200),
    "frame:schema":          Line(EVERYBODY, outside=200),
    "frame:simulation":      Line(EVERYBODY, None, 415, own={"kind": "kind"}, outside=415),
    "frame:simulators":      Line(EVERYBODY, outside=200),
    "frame:simulator":       Line(EVERYBODY, 200, 422, own={"kind": "asf"}, outside=200,
                                  but={STRANGER: (200, 422), HALF: (200, 422)}),
    # Doors. No provider is set up here, and it is not the demo: those addresses are not there.
    "accounts:sign_in":      Line(SIGNED_IN, 302, outside=200),
    "accounts:enter":        Line(EVERYBODY, None, 404, own={"door": "door"}, outside=404),
    "accounts:returned":     Line(EVERYBODY, 404, None, own={"door": "door"}, outside=404),
    "accounts:enter_as":     Line(EVERYBODY, None, 404, own={"username": "username"}, outside=404),
    "accounts:demo_helper":  Line(EVERYBODY, 404, None, outside=404),
    "accounts:mail":         Line(EVERYBODY, 200, 422, but={STRANGER: (200, 422), HALF: (200, 422)}),
    "accounts:mail_code":    Line(EVERYBODY, 302, 302, outside=302),
    # Without a second factor shown in this session, nobody adds one.
    "accounts:factor":       Line(SIGNED_IN, 200, 422, but={Role.PARENT: (302, 302)}),
    "accounts:factor_mail":  Line(SIGNED_IN, 302, 302, but={HALF: (200, 422)}),
    "accounts:add_app":      Line(SIGNED_IN, 302, 302),
    "accounts:add_key":      Line(SIGNED_IN, 302, 302),
    "accounts:recovery_codes": Line(SIGNED_IN, 302, 302),
    "accounts:sign_out":     Line(EVERYBODY, None, 302, outside=302),
    "accounts:account":      Line(SIGNED_IN),
    "accounts:rights":       Line(holders(Right.SEE_RIGHTS)),
    "accounts:resets":       Line(RESET, 200, 422),
    "accounts:decide_reset": Line(RESET, 200, 404, own={"reset": "reset_here"}, others={"reset": "reset_elsewhere"}),
    # Childcare: those who receive children, desks, software, the public, agents of the funds.
    "monenfant:search":     Line(EVERYBODY, 200, 422, outside=200, but={STRANGER: (200, 422), HALF: (200, 422)}),
    "monenfant:search_map": Line(EVERYBODY, 302, outside=302),
    "monenfant:communes":   Line(EVERYBODY, outside=200),
    "monenfant:place":      Line(EVERYBODY, own={"pk": "care_place"}, outside=200),
    "monenfant:cost":       Line(EVERYBODY, 200, 422, outside=200, but={STRANGER: (200, 422), HALF: (200, 422)}),
    "monenfant:search_api": Line(EVERYBODY, 400, outside=400),
    "monenfant:pro_home":   Line(of_area(Area.PROFESSIONAL)),
    "monenfant:childcare":  Line(CARE),
    "monenfant:campaign":   Line(CARE, own={"day": "campaign_day"}),
    "monenfant:export_campaign": Line(CARE & EXPORT, None, 302, own={"day": "campaign_day"}),
    "monenfant:helped":     Line(CARE),
    "monenfant:follow_ups": Line(CARE),
    "monenfant:follow_up":  Line(CARE, **care_thing("follow_up")),
    "monenfant:follow_up_letter": Line(CARE, **care_thing("follow_up", letter="reminder")),
    # A form without its key is none of ours.
    "monenfant:follow_up_act": Line(TREAT_CARE, 200, 404, **care_thing("follow_up", code="childcare_act")),
    "monenfant:silences":   Line(CARE),
    "monenfant:stops":      Line(CARE),
    "monenfant:export_silences": Line(CARE & EXPORT, None, 302),
    "monenfant:called":     Line(TREAT_CARE, None, 404, **care_thing("silence")),
    "monenfant:decisions":  Line(CARE),
    "monenfant:suspension": Line(TREAT_CARE, 200, 404, own={"place": "childminder_here"}, others={"place": "childminder_elsewhere"}),
    "monenfant:withdrawal": Line(TREAT_CARE, 200, 404, own={"place": "childminder_here"}, others={"place": "childminder_elsewhere"}),
    "monenfant:remove_ground": Line(TREAT_CARE, None, 404, **care_thing("ground")),
    "monenfant:offer_files": Line(CARE),
    "monenfant:refused_rows": Line(CARE, own={"file": "offer_file_here"}, others={"file": "offer_file_elsewhere"}),
    "monenfant:refused_row": Line(TREAT_CARE, 200, 422, own={"row": "offer_row_here"}, others={"row": "offer_row_elsewhere"}),
    "monenfant:pro_published": Line(REPORTERS),
    "monenfant:pro_weeks":  Line(REPORTERS, 302),
    # A button that is not named only fills the squares again; a profile without any contact is refused.
    "monenfant:pro_week":   Line(REPORTERS, 200, 200, **own_number("place")),
    "monenfant:pro_receipt": Line(REPORTERS, **OWN_TOLD),
    "monenfant:pro_undo":   Line(REPORTERS, None, 404, **OWN_TOLD),
    "monenfant:pro_stop":   Line(REPORTERS, 200, 422, **own_number("place")),
    "monenfant:pro_close":  Line(REPORTERS, 200, 200, **own_number("place")),
    "monenfant:pro_profiles": Line(REPORTERS, 302),
    "monenfant:pro_profile": Line(REPORTERS, 200, 422, **own_number("place")),
    # The link that was sent opens one place, whoever is signed in.
    "monenfant:pro_link":   Line(EVERYBODY, 200, 200, own={"token": "pro_token"}, outside=200),
    # The link of the fixture is a week's, and so is this page.
    "monenfant:pro_link_week": Line(EVERYBODY, 200, 200, own={"token": "pro_token"}, outside=200),
    "monenfant:pro_link_receipt": Line(EVERYBODY, own={"token": "pro_token", "key": "told_key_here"}, outside=200),
    "monenfant:pro_link_another": Line(EVERYBODY, None, 200, own={"token": "pro_token"}, outside=200),
    "monenfant:figures":    Line(EVERYBODY, outside=200),
    "monenfant:departement_figures": Line(EVERYBODY, own={"departement": "63"}, outside=200),
    "monenfant:open_data":  Line(EVERYBODY, outside=200),
    # Nothing is counted here: no file yet.
    "monenfant:open_data_file": Line(EVERYBODY, 404, None, own={"name": "communes", "form": "csv"}, outside=404),
    "monenfant:outlines":   Line(EVERYBODY, outside=200),
    "monenfant:commune_outlines": Line(EVERYBODY, own={"departement": "63"}, outside=200),
    # Software shows a token of its own: whoever signs in by a page has none. A manager sees what is of their structures.
    "monenfant:api_availability": Line(EVERYBODY, None, None, own={"cnaf_id": "structure_here"}, outside=401),
    "monenfant:api_token":  Line(EVERYBODY, None, 400, outside=400),
    "monenfant:editors":    Line(EVERYBODY, outside=200),
    "monenfant:bench":      Line(EVERYBODY, 200, 422, outside=200, but={STRANGER: (200, 422), HALF: (200, 422)}),
    "monenfant:transmissions": Line(REPORTERS),
    "monenfant:transmission_history": Line(MANAGERS, own={"cnaf_id": "structure_here"}, others={"cnaf_id": "structure_elsewhere"},
                                           never=True),
    "monenfant:transmission_message": Line(MANAGERS, own={"cnaf_id": "structure_here", "kind": "pris", "pk": "availability_here"},
                                           others={"cnaf_id": "structure_here", "kind": "pris", "pk": "availability_elsewhere"},
                                           never=True),
    "monenfant:delegation": Line(MANAGERS, 200, 200),
    "monenfant:delegation_end": Line(MANAGERS, 200, 404, own={"pk": "delegation_here"}, others={"pk": "delegation_elsewhere"},
                                     never=True),
    "monenfant:delegation_done": Line(MANAGERS, own={"key": "delegated_here"}, others={"key": "delegated_elsewhere"},
                                      never=True),
    # A family asks for an appointment and follows it by its address, without an account; an act that is none is no page.
    "monenfant:appointment": Line(EVERYBODY, 200, 404, outside=200, but={STRANGER: (200, 404), HALF: (200, 404)}),
    "monenfant:appointment_follow": Line(EVERYBODY, 200, 404, own={"token": "appointment_token"}, outside=200,
                                         but={STRANGER: (200, 404), HALF: (200, 404)}),
    "monenfant:appointment_calendar": Line(EVERYBODY, own={"token": "appointment_token"}, outside=200),
    "monenfant:desk":       Line(ADVISERS),
    "monenfant:desk_request": Line(ADVISERS, 200, 404, own={"pk": "appointment_here"}, others={"pk": "appointment_elsewhere"}, never=True),
    "monenfant:desk_agenda": Line(ADVISERS),
    "monenfant:desk_hours": Line(ADVISERS, 200, 302),
    # Asked for before an adviser replaces it.
    "monenfant:desk_feed":  Line(EVERYBODY, own={"token": "agenda_token"}, outside=200),
    "monenfant:desk_feed_renew": Line(ADVISERS, None, 302),
    "monenfant:late_appointments": Line(holders(Right.SEE_CHILDCARE)),
    "monenfant:agent_appointment": Line(holders(Right.SEE_CHILDCARE), 200, 404, own={"pk": "late_here"},
                                        others={"pk": "appointment_elsewhere"}),
    # The month and the dossiers, for agents.
    "cmg:queue":             Line(CMG),
    "cmg:export_queue":      Line(EXPORT, None, 302),
    "cmg:months":            Line(CMG),
    "cmg:month":             Line(CMG, own=MONTH_IS),
    "cmg:progress":          Line(CMG, 302, own=MONTH_IS),
    "cmg:close":             Line(CLOSE, None, 302, own=MONTH_IS),
    "cmg:signature":         Line(SIGN, 200, 409, own=MONTH_IS),
    "cmg:changes":           Line(CMG, own=MONTH_IS),
    "cmg:issue":             Line(CLOSE, None, 302, own=MONTH_IS),
    "cmg:bank":              Line(CMG, own=MONTH_IS),
    "cmg:anomalies":         Line(CMG, own=MONTH_IS),
    "cmg:export_anomalies":  Line(EXPORT, None, 302, own=MONTH_IS),
    "cmg:held":              Line(CMG, own=MONTH_IS),
    "cmg:export_held":       Line(EXPORT, None, 302, own=MONTH_IS),
    "cmg:family":            Line(CMG, own={"employer_no": "family_here"}, others={"employer_no": "family_elsewhere"}),
    "cmg:explanation":       Line(CMG, own={"settlement": "settlement_here"}, others={"settlement": "settlement_elsewhere"}),
    "cmg:search":            Line(CMG, 200, 200),
    "cmg:files":             Line(CMG),
    "cmg:rejected_rows":     Line(CMG, own={"file": "file_here"}, others={"file": "file_elsewhere"}),
    "cmg:rejected_row":      Line(CMG, own={"row": "row_here"}, others={"row": "row_elsewhere"}),
    # The dashboard and the replay of 2019: made-up families, the same for all who may.
    "cmg:piloting":          Line(STEER),
    "cmg:export_piloting":   Line(STEER, None, 302),
    "cmg:piloting_wrong":    Line(STEER),
    "cmg:export_piloting_wrong": Line(STEER, None, 302),
    "cmg:piloting_list":     Line(STEER, own={"kind": "figure_list"}),
    "cmg:export_piloting_list": Line(STEER, None, 302, own={"kind": "figure_list"}),
    "cmg:replay":            Line(STEER),
    "cmg:replay_start":      Line(STEER, None, 302),
    "cmg:replay_list":       Line(STEER, own={"figure": "replay_figure"}),
    "cmg:replay_family":     Line(STEER, own={"employer_no": "replay_family"}),
    # Remedies, reports, the board, letters.
    "cmg:remedies":          Line(CMG),
    "cmg:export_remedies":   Line(EXPORT, None, 302),
    "cmg:export_reports":    Line(EXPORT, None, 302),
    "cmg:export_board":      Line(EXPORT, None, 302),
    "cmg:family_remedies":   Line(CMG, 200, 422, own=FAMILY_HERE, others=FAMILY_THERE, but=LOOKERS),
    "cmg:advance":           Line(CMG, 200, 302, own={"pk": "advance_here"}, others={"pk": "advance_elsewhere"}, but=LOOKERS),
    "cmg:refund":            Line(CMG, 200, 302, own={"pk": "refund_here"}, others={"pk": "refund_elsewhere"}, but=LOOKERS),
    "cmg:overpayment":       Line(CMG, 200, 302, own={"pk": "overpayment_here"}, others={"pk": "overpayment_elsewhere"}, but=LOOKERS),
    "cmg:instalment_again":  Line(HEAL, None, 302, own=PART_HERE, others=PART_THERE),
    "cmg:resend":            Line(HEAL, None, 302, own={"order": "order_here"}, others={"order": "order_elsewhere"}),
    "cmg:reports":           Line(CMG),
    "cmg:report":            Line(CMG, 200, 302, own={"pk": "report_here"}, others={"pk": "report_elsewhere"}, but=LOOKERS),
    "cmg:new_report":        Line(HEAL, 200, 422, own={"employer_no": "family_here"}, others={"employer_no": "family_elsewhere"}),
    "cmg:board":             Line(CMG),
    "cmg:board_case":        Line(CMG, 200, 302, own={"pk": "case_here"}, others={"pk": "case_elsewhere"}, but=LOOKERS),
    "cmg:new_board_case":    Line(HEAL, 200, 302, own=FAMILY_HERE, others=FAMILY_THERE),
    "cmg:letters":           Line(CMG),
    "cmg:letter_batch":      Line(CMG, own={"pk": "batch"}),
    "cmg:retry_letters":     Line(HEAL, None, 302, own={"pk": "batch"}),
    "cmg:family_letters":    Line(CMG, own={"employer_no": "family_here"}, others={"employer_no": "family_elsewhere"}),
    "cmg:letter":            Line(CMG, own={"pk": "letter_here"}, others={"pk": "letter_elsewhere"}),
    "cmg:letter_pdf":        Line(CMG, own={"pk": "letter_here"}, others={"pk": "letter_elsewhere"}),
    # What caseworkers do with a dossier.
    "cmg:acts:repair":       Line(TREAT, own=FAMILY_HERE | {"act": "act"}, others=FAMILY_THERE | {"act": "act"}),
    "cmg:acts:repaired":     Line(CMG, own={"repair": "repair_here"}, others={"repair": "repair_elsewhere"}),
    "cmg:acts:undo":         Line(frozenset({Role.PAJEMPLOI_CASEWORKER}), 200, 422, own={"repair": "repair_here"}),
    "cmg:acts:decide":       Line(TREAT, 200, 422, own=FAMILY_HERE | {"kind": "verdict_kind", "month": "month"},
                                  others=FAMILY_THERE | {"kind": "verdict_kind", "month": "month"}),
    "cmg:acts:verdict":      Line(TREAT, None, 302, own={"verdict": "verdict_here"}, others={"verdict": "verdict_elsewhere"}),
    "cmg:acts:assign":       Line(TREAT, None, 302, own={"dossier": "dossier_here"}, others={"dossier": "dossier_elsewhere"}),
    "cmg:acts:hand_over":    Line(TREAT, None, 409, own={"dossier": "dossier_here"}, others={"dossier": "dossier_elsewhere"}),
    "cmg:acts:end":          Line(TREAT, None, 409, own={"dossier": "dossier_here"}, others={"dossier": "dossier_elsewhere"}),
    "cmg:acts:answer":       Line(TREAT, None, 409, own={"hand_over": "offer_here"}, others={"hand_over": "offer_elsewhere"}),
    "cmg:acts:merge":        Line(TREAT, 200, 200, own=FAMILY_HERE, others=FAMILY_THERE),
    "cmg:acts:part":         Line(TREAT, None, 302, own={"merge": "merge_here"}, others={"merge": "merge_elsewhere"}),
    "cmg:acts:regularisations": Line(CMG),
    "cmg:acts:export_regularisations": Line(EXPORT, None, 302),
    "cmg:acts:regularisation": Line(CMG, own={"regularisation": "owed_here"}, others={"regularisation": "owed_elsewhere"}),
    "cmg:acts:decide_regularisation": Line(TREAT, None, 409, own={"regularisation": "owed_here"},
                                           others={"regularisation": "owed_elsewhere"}),
    "cmg:acts:propose_regularisation": Line(TREAT, None, 302, own=FAMILY_HERE, others=FAMILY_THERE),
    # Pensions, for ARIPA's caseworkers. Days are lived from a page in the demonstration only.
    "aripa:cases":          Line(SUPPORT),
    "aripa:search":         Line(SUPPORT, 200, 200),
    "aripa:export":         Line(holders(Right.EXPORT_SUPPORT), None, 302),
    "aripa:disclosures_seen": Line(SUPPORT, None, 302),
    # A file that left this machine is not given: the page says how it is written again.
    "aripa:bank":           Line(SUPPORT | BANKERS),
    "aripa:bank_file":      Line(BANKERS, 302, own={"name": "bank_file"}),
    "aripa:live":           Line(TREAT_SUPPORT, None, 404),
    "aripa:day":            Line(TREAT_SUPPORT, 404, own={"day": "lived_day"}),
    "aripa:case":           Line(SUPPORT, own=SUPPORT_HERE, others=SUPPORT_THERE),
    "aripa:statement":      Line(SUPPORT, own=SUPPORT_HERE | {"party": "party"}, others=SUPPORT_THERE | {"party": "party"}),
    "aripa:recovery":       Line(SUPPORT, own=SUPPORT_HERE, others=SUPPORT_THERE),
    "aripa:order":          Line(SUPPORT, own=SUPPORT_HERE | {"number": "order_number"},
                                 others=SUPPORT_THERE | {"number": "order_number"}),
    "aripa:order_letter":   Line(TREAT_SUPPORT, own=SUPPORT_HERE | {"number": "order_number"},
                                 others=SUPPORT_THERE | {"number": "order_number"}),
    "aripa:order_renew":    Line(TREAT_SUPPORT, None, 302, own=SUPPORT_HERE | {"number": "order_number"},
                                 others=SUPPORT_THERE | {"number": "order_number"}),
    "aripa:tell":           Line(TREAT_SUPPORT, 200, 422, own=SUPPORT_HERE | {"code": "told"}, others=SUPPORT_THERE | {"code": "told"}),
    "aripa:done":           Line(TREAT_SUPPORT, own={"act": "told_here"}, others={"act": "told_elsewhere"}),
    "aripa:piloting":       Line(STEER),
    "aripa:export_piloting": Line(STEER, None, 302),
    "aripa:piloting_list":  Line(STEER, own={"kind": "impayees"}),
    "aripa:export_piloting_list": Line(STEER, None, 302, own={"kind": "impayees"}),
    "aripa:waiting":        Line(SUPPORT),
    "aripa:waiting_act":    Line(TREAT_SUPPORT, 200, 404, own={"act": "asked_here"}, others={"act": "asked_elsewhere"}),
    "aripa:admit":          Line(TREAT_SUPPORT, 200, 422, own={"act": "admit_here"}),
    "aripa:paper":          Line(TREAT_SUPPORT, own={"paper": "paper_of_act_here"}, others={"paper": "paper_of_act_elsewhere"}),
    "aripa:worry":          Line(TREAT_SUPPORT, None, 302, own={"worry": "worry_here"}, others={"worry": "worry_elsewhere"}),
    "aripa:take":           Line(TREAT_SUPPORT, None, 302, own=SUPPORT_HERE, others=SUPPORT_THERE),
    # A form without its key is not ours; what one person gave a reason to see opens for nobody else.
    "aripa:reveal":         Line(TREAT_SUPPORT, None, 404, own=SUPPORT_HERE, others=SUPPORT_THERE),
    "aripa:revealed":       Line(frozenset(), own={"disclosure": "disclosure_here"}),
    # Joint requests of parents: caseworkers verify, the director's delegate signs.
    "aripa:agreements":     Line(SUPPORT | SIGN_TITLE),
    "aripa:agreement":      Line(SUPPORT | SIGN_TITLE, 200, 302, own=REQUEST_HERE, others=REQUEST_THERE,
                                 but=dict.fromkeys(SIGN_TITLE, (200, 404))),
    "aripa:agreement_ask":  Line(TREAT_SUPPORT, None, 404, own=REQUEST_HERE, others=REQUEST_THERE),
    "aripa:agreement_decide": Line(SIGN_TITLE, 200, 422, own=REQUEST_HERE, others=REQUEST_THERE),
    "aripa:agreement_original": Line(SUPPORT | SIGN_TITLE, 404, own=REQUEST_HERE, others=REQUEST_THERE),
    "aripa:agreement_paper": Line(SUPPORT | SIGN_TITLE, own=REQUEST_HERE | {"paper": "request_paper_here"},
                                  others=REQUEST_THERE | {"paper": "request_paper_elsewhere"}),
    # Parents.
    "cmg:own_home":          Line(PARENT, 200, 200),
    "cmg:own_months":        Line(PARENT),
    "cmg:own_month":         Line(PARENT, own=MONTH_IS),
    "cmg:own_report":        Line(PARENT, 200, 404),
    "cmg:own_requests":      Line(PARENT),
    "cmg:own_follow":        Line(PARENT, **own_number("own_report")),
    "cmg:own_reopen":        Line(PARENT, None, 302, **own_number("own_report")),
    "cmg:own_share":         Line(PARENT, None, 302, **own_number("own_advance")),
    "cmg:own_contest":       Line(PARENT, None, 302, **own_number("excess")),
    "cmg:own_advance":       Line(PARENT, 200, 422),
    "cmg:own_refund":        Line(PARENT, 200, 422),
    # A request is already open for the family: her second one is answered by the first.
    "cmg:own_emergency":     Line(PARENT, 200, 302),
    "cmg:own_payments":      Line(PARENT),
    "cmg:own_payment":       Line(PARENT, own={"order": "own_order_here"}, others={"order": "own_order_elsewhere"}, never=True),
    "cmg:own_payment_pdf":   Line(PARENT, own={"order": "own_order_here"}, others={"order": "own_order_elsewhere"}, never=True),
    "cmg:own_letters":       Line(PARENT),
    "cmg:own_letter":        Line(PARENT, own={"letter": "own_letter_here"}, others={"letter": "own_letter_elsewhere"}, never=True),
    "cmg:own_letter_pdf":    Line(PARENT, own={"letter": "own_letter_here"}, others={"letter": "own_letter_elsewhere"}, never=True),
    "cmg:own_paper":         Line(PARENT, own={"paper": "own_paper_here"}, others={"paper": "own_paper_elsewhere"}, never=True),
    "cmg:own_messages":      Line(PARENT, 200, 404),
    "cmg:own_preferences":   Line(PARENT, 200, 302),
    "cmg:own_confirm":       Line(PARENT, 410, None, own={"token": "door"}),
    # A message without its form's key is not ours: 404.
    # The pension of a parent, each side its own pages; forms without their key are not ours: 404.
    "aripa:own_home":        Line(PARENT, 200, 200),
    "aripa:own_leave":       Line(PARENT, 302),
    "aripa:own_case":        Line(PARENT, **own_case("pension")),
    "aripa:own_statement":   Line(PARENT, **own_case("pension")),
    "aripa:own_download":    Line(PARENT, **own_case("pension")),
    "aripa:own_amount":      Line(PARENT, **own_case("pension", month="pension_month")),
    "aripa:own_end":         Line(PARENT, 200, 404, **own_case("pension")),
    "aripa:own_already_paid": Line(PARENT, 200, 404, **own_case("paid_pension")),
    "aripa:own_hardship":    Line(PARENT, 200, 404, **own_case("paid_pension")),
    "aripa:own_plan":        Line(PARENT, 200, 404, **own_case("paid_pension")),
    "aripa:own_release":     Line(PARENT, 200, 404, **own_case("paid_pension")),
    "aripa:own_confirm":     Line(PARENT, 200, 404, **own_case("pension")),
    "aripa:own_asf":         Line(PARENT, 200, 404, **own_case("pension")),
    "aripa:own_repay":       Line(PARENT, 200, 404, **own_case("pension")),
    "aripa:own_arrears":     Line(PARENT, 200, 404, **own_case("pension")),
    "aripa:own_answer":      Line(PARENT, 200, 404, **own_case("pension")),
    "aripa:own_account":     Line(PARENT, 200, 422),
    "aripa:own_means":       Line(PARENT, 200, 404),
    "aripa:own_receipt":     Line(PARENT, 200, 422, own={"key": "act_here"}, others={"key": "act_elsewhere"}, never=True),
    "aripa:own_acts":        Line(PARENT),
    "aripa:own_letters":     Line(PARENT),
    "aripa:own_letter":      Line(PARENT, own={"letter": "pension_letter_here"}, others={"letter": "pension_letter_elsewhere"}, never=True),
    "aripa:own_letter_pdf":  Line(PARENT, own={"letter": "pension_letter_here"}, others={"letter": "pension_letter_elsewhere"}, never=True),
    "aripa:own_notices":     Line(PARENT, 200, 422),
    "aripa:own_notices_confirm": Line(PARENT, 410, None, own={"token": "door"}),
    # The software of outside bodies comes with its own key: no session opens these, whoever's it is.
    "aripa:api_titles":      Line(EVERYBODY, None, 401, outside=401),
    "aripa:api_receipt":     Line(EVERYBODY, 401, own={"number": "R-0000001"}, outside=401),
    "aripa:api_orders":      Line(EVERYBODY, 401, outside=401),
    "aripa:api_order":       Line(EVERYBODY, 404, 404, own={"ref": "O-0000001"}, outside=404),
    # A garnishee has no account: the code of its letter opens its order, whoever is signed in.
    "aripa:garnishee":       Line(EVERYBODY, 200, 422, own={"token": "order_token"}, outside=200,
                                  but={STRANGER: (200, 422), HALF: (200, 422)}),
    "aripa:garnishee_receipt": Line(EVERYBODY, 302, own={"token": "order_token", "key": "act_here"}, outside=302),
    "aripa:own_request":     Line(PARENT),
    "aripa:own_request_section": Line(PARENT, 200, 422, own={"section": "question"}),
    "aripa:own_agreements": Line(PARENT),
    "aripa:own_agreement_start": Line(PARENT, 200, 422),
    "aripa:own_agreement_join": Line(PARENT, 200, 422),
    "aripa:own_agreement":  Line(PARENT, **own_key("agreement")),
    "aripa:own_agreement_invite": Line(PARENT, 200, 404, **own_key("invitation")),
    "aripa:own_agreement_reference": Line(PARENT, **own_key("agreement")),
    "aripa:own_agreement_papers": Line(PARENT, 200, 422, **own_key("agreement")),
    "aripa:own_agreement_sign": Line(PARENT, 200, 404, **own_key("agreement")),
    "aripa:own_agreement_answer": Line(PARENT, 404, **own_key("agreement")),
    # Nothing tells what was read of the page: somebody may have saved it meanwhile.
    "aripa:own_agreement_section": Line(PARENT, 200, 409, **own_key("agreement", section="section")),
    "aripa:own_agreement_leave": Line(PARENT, 200, 302, **own_key("agreement")),
    # The team's side of it; the demonstration's mailbox is not there here.
    "cmg:agent_messages":    Line(CMG, 200, 404, own={"employer_no": "family_here"}, others={"employer_no": "family_elsewhere"}),
    "cmg:paper":             Line(CMG, own={"paper": "own_paper_here"}, others={"paper": "own_paper_elsewhere"}),
    "notices:demo_mails":    Line(EVERYBODY, 404, None, outside=404),
    # Declaring a month, rights, bank account; the simulator is public.
    "cmg:declare":           Line(PARENT, 200, 404),
    "cmg:declare_change":    Line(PARENT, None, 404),
    "cmg:declare_form":      Line(PARENT, 200, 422, own={"key": "draft_here"}, others={"key": "draft_elsewhere"}, never=True),
    "cmg:declare_check":     Line(PARENT, 302, 302, own={"key": "draft_here"}, others={"key": "draft_elsewhere"}, never=True),
    "cmg:declare_receipt":   Line(PARENT, 302, own={"key": "draft_here"}, others={"key": "draft_elsewhere"}, never=True),
    "cmg:own_rights":        Line(PARENT),
    "cmg:own_account":       Line(PARENT, 200, 422),
    "cmg:simulator":         Line(EVERYBODY, 200, 422, outside=200, but={STRANGER: (200, 422), HALF: (200, 422)}),
    **LINES,
    **benefits.LINES,
    **joint_funds.LINES,
}  # fmt: skip


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """Every address by its name, with its namespace; an address without a name stands by its path."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from names(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}" if pattern.name else f"{space}«{pattern.pattern}»"


def not_in_the_table(found: set[str]) -> str:
    missing, gone = sorted(found - set(ACCESS)), sorted(set(ACCESS) - found)
    return "".join(
        [f"\n{name} : dites dans ACCESS (tests/portal/test_access.py) qui peut l’ouvrir." for name in missing]
        + [f"\n{name} : cette adresse n’existe plus, retirez sa ligne d’ACCESS." for name in gone]
    )


def test_every_address_has_its_line_in_the_table() -> None:
    wrong = not_in_the_table(set(names(get_resolver().url_patterns)))
    assert not wrong, wrong


def without_token(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """The addresses that take a form without the token of its page."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from without_token(pattern.url_patterns, inner)
        elif getattr(pattern.callback, "csrf_exempt", False):
            yield f"{space}{pattern.name}"


def test_only_the_public_api_goes_without_the_token_of_forms() -> None:
    ours = ["aripa:api_order", "aripa:api_orders", "aripa:api_receipt", "aripa:api_titles"]
    software = ["monenfant:api_availability", "monenfant:api_token", "monenfant:search_api"]
    exchanges, frame = ["fraud:api_envelopes"], ["frame:schema", "frame:simulation"]
    assert sorted(without_token(get_resolver().url_patterns)) == [*ours, *frame, *exchanges, *software]


def test_a_new_address_and_one_that_is_gone_are_named() -> None:
    found = (set(ACCESS) - {"cmg:queue"}) | {"cmg:new", "«sans-nom/»"}

    assert not_in_the_table(found).count("dites dans ACCESS") == 2
    assert "cmg:queue : cette adresse n’existe plus" in not_in_the_table(found)


@pytest.fixture
def objects(settings: Any, tmp_path: Path) -> dict[str, Any]:
    """A month over three funds, refused rows of two, resets asked for people of two."""
    settings.PORTAL_DEMO, settings.PORTAL_DAY = False, DAY
    made = generate(1200, 3, tmp_path / "files", care_month=MONTH, region=[HERE, "CAF43", ELSEWHERE])
    import_files(made.files)
    close_month(month=MONTH, on=DAY)
    known = {"month": "2026-10", "kind": "cmg", "door": "proconnect", "username": "helene"}
    known |= {"figure_list": "retenues", "replay_figure": "left_wrong", "replay_family": EMILIE}
    run_replay(replay_pk=ask_replay(by="test", families=600).pk)
    for place, fund in (("here", HERE), ("elsewhere", ELSEWHERE)):
        settlement = Settlement.objects.filter(fund=fund).exclude(status="SUPERSEDED").first()
        assert settlement is not None
        folder = tmp_path / place
        import_files([write(folder, "rights_fund", [row("rights_fund", fund=fund, start="hier", right_no=place)])])
        rejected = RejectedRow.objects.latest("pk")
        person = User.objects.create(username=f"caseworker-{place}")
        Posting.objects.create(user=person, role=Role.FUND_CASEWORKER, fund=fund, starts_on=DAY)
        asked_by = User.objects.create(username=f"asker-{place}")
        reset = FactorReset.objects.create(user=person, reason="perdu", asked_by=asked_by, asked_at=timezone.now())
        known |= {
            f"family_{place}": settlement.employer_no, f"settlement_{place}": settlement.pk,
            **papers_of(settlement.employer_no, place),
            f"draft_{place}": _draft_of(settlement, person),
            f"file_{place}": rejected.file_id, f"row_{place}": rejected.pk, f"reset_{place}": reset.pk,
        } | _acted_on(place, fund, settlement.employer_no)  # fmt: skip
        known |= {f"{name}_{place}": pk for name, pk in remedies_of(settlement.employer_no, fund).items()}
    pension_rows()
    known |= support_cases() | {
        "lived_day": "2026-10-27",
        "party": "debiteur",
        "order_number": 1,
        # Not the one whose link a caseworker replaces here.
        "order_token": token_of(OrderLink.objects.get(case_no="S-elsewhere")),
        "told": "PAYMENT_RECEIVED",
    }
    known |= childcare_places(tmp_path)
    known |= agreements_of() | transmissions_of() | appointments_of()
    known |= childcare_objects(tmp_path / "childcare")
    known |= control_objects(tmp_path / "control")
    known |= benefits.benefit_objects(tmp_path / "benefits") | joint_funds.joint_objects(tmp_path / "joint")
    known["batch"] = LetterBatch.objects.create(kind="cmg.hold", dated=DAY, asked_by="x", asked_at=timezone.now()).pk
    known["care_place"] = CarePlace.objects.create(
        provider="STRUCTURE", number="P-here", kind="MICRO", insee_code="63300", lat=45.9, lon=3.1, cell=1, most_places=5,
        published_from=DAY,
    ).pk  # fmt: skip
    return known | pensions_of() | {"act": "COPY_NIR", "verdict_kind": "RELEASED"}


def pension_rows() -> None:
    """The facts of those cases, before the days that hear them."""
    for place in ("here", "elsewhere"):
        live_case(f"C-{place}", creditor_no=f"P-C-{place}", debtor_no=f"D-C-{place}")
        live_case(f"D-{place}", creditor_no=f"P-D-{place}", debtor_no=f"P-C-{place}")


def pensions_of() -> dict[str, Any]:
    """A parent who receives in one case and pays in another; and the two cases of others."""
    known: dict[str, Any] = {"pension_month": "2026-10", "question": "vous"}
    known["bank_file"] = BankFile.objects.create(
        message_id="SNP-J20261026-V001", name="SNP-J20261026-V001.xml", kind="CREDIT", count=1, total_cents=25000,
        sha256="x", created_at=timezone.now(),
    ).name  # fmt: skip
    case = Case.objects.get(pk="S-here")
    BankMove.objects.create(
        case=case, number=1, day=DAY, kind="PAYOUT", party="CREDITOR", parent_no=case.household_id, amount_cents=25000,
        month=MONTH, tries=0, waits="NO_ACCOUNT", since=DAY,
    )  # fmt: skip
    for place in ("here", "elsewhere"):
        known |= {f"pension_{place}": f"C-{place}", f"paid_pension_{place}": f"D-{place}", f"act_{place}": uuid4()}
    for place in ("here", "elsewhere"):
        job = LetterJob.objects.create(
            key=f"p-{place}", kind="aripa.L08", subject=f"aripa:C-{place}:CREDITOR", dated=DAY, facts=b""
        )
        letter = Letter.objects.create(
            job=job, number=f"p-{place}", kind=job.kind, title="x", subject=job.subject, dated=DAY, pages=1,
            written_at=timezone.now(), sha256=sha256(b"x").hexdigest(), pdf=encrypt(b"x"), text=encrypt(b"<p>x</p>"),
        ).pk  # fmt: skip
        known[f"pension_letter_{place}"] = letter
        writer = User.objects.get(username=f"caseworker-{place}")
        ParentAct.objects.create(key=known[f"act_{place}"], user=writer, parent_no=f"P-C-{place}", kind="REPAY",
                                 facts={"cents": 1}, day=DAY, at=timezone.now())  # fmt: skip
    return known


def agreements_of() -> dict[str, Any]:
    """For each place: an agreement to sign, one with its code, one at the fund with a paper."""
    known: dict[str, Any] = {"section": "montants"}
    for place, fund in (("here", HERE), ("elsewhere", ELSEWHERE)):
        first, second = (
            User.objects.create(username=f"{name}-{place}", door=Door.FAMILY) for name in ("first", "second")
        )
        people: dict[str, Any] = {"first": first, "second": second, "shared": AGREED}
        dates: dict[str, Any] = {"started_on": DAY, "lapses_after": DAY}
        shared = Agreement.objects.create(key=uuid4(), state="SHARED", **people, **dates)
        code = Agreement.objects.create(key=uuid4(), state="INVITED", first=first, shared=AGREED, invited=uuid4(),
                                        code_until=DAY, **dates)  # fmt: skip
        at_fund = Agreement.objects.create(key=uuid4(), state="FILED", fund=fund, received_on=DAY, answer_by=date(2027, 2, 26),
                                           **people, **dates)  # fmt: skip
        paper = keep_attachment(subject=f"aripa.agreement:{at_fund.pk}:first", about="aripa.agreement.identity", name="x.pdf",
                                content=b"%PDF-1.7 x", given_by="x", at=timezone.now())  # fmt: skip
        known |= {f"agreement_{place}": shared.key, f"invitation_{place}": code.key, f"request_{place}": at_fund.pk,
                  f"request_paper_{place}": paper.pk}  # fmt: skip
    return known


def transmissions_of() -> dict[str, Any]:
    """For each place: a structure with a message of software, a delegation, and the form that gave it."""
    known: dict[str, Any] = {}
    vendor = SoftwareVendor.objects.create(code="LOGICRECHE", name="x")
    for number, place in enumerate(("here", "elsewhere")):
        manager = Manager.objects.create(siret=f"{number}" * 14, name=place)
        structure(f"S-{place}", manager_siret=manager.siret)
        shown = childcare_place(f"S-{place}")
        given = SoftwareDelegation.objects.create(manager=manager, vendor=vendor, start=DAY)
        act = DelegationAct.objects.create(
            key=uuid4(), delegation=given, step="START", effect_on=DAY, at=timezone.now(),
            by=User.objects.create(username=f"manager-{place}"),
        )  # fmt: skip
        replace_window(
            place_pk=shown.pk, key=uuid4(), sequence=1, mode="AUTOMATED", first=DAY, end=date(2026, 11, 1), slots=(),
            body=b'{"slots": []}', answer={"accepted": 0, "rejected": 0, "late": 0, "slots": []}, now=timezone.now(),
            vendor_pk=vendor.pk,
        )  # fmt: skip
        known |= {
            f"structure_{place}": shown.number, f"availability_{place}": shown.messages.get().pk,
            f"delegation_{place}": given.pk, f"delegated_{place}": act.key, f"manager_{place}": manager.pk,
        }  # fmt: skip
    return known


def childcare_places(folder: Path) -> dict[str, Any]:
    """A childminder's place here and one elsewhere, each with a publication; and the link to a week."""
    kind, numbers = "childminder-approvals", {"here": "AM-here", "elsewhere": "AM-elsewhere"}
    take_in(folder, kind, *(approval(kind, approval_number=no, childminder_no=no) for no in numbers.values()))
    publish_offer(on=DAY)
    known: dict[str, Any] = {}
    for place, number in numbers.items():
        row_of = CarePlace.objects.get(number=number)
        told = publish(place_pk=row_of.pk, key=uuid4(), seen=0, wish=Wish(Gesture.WEEK, monday_of(DAY), {}), who=PORTAL,
                       on=DAY, now=timezone.now())  # fmt: skip
        known |= {f"place_{place}": number, f"told_key_{place}": told.key}
    here = CarePlace.objects.get(number=numbers["here"])
    return known | {"pro_token": link_for(place_pk=here.pk, purpose=Purpose.WEEK, now=moment_on(DAY)).split("/")[-2]}


def support_cases() -> dict[str, Any]:
    """A case of pension in each of two funds, under recovery, with an order, a fact told, a point and a look."""
    for place, fund in (("here", HERE), ("elsewhere", ELSEWHERE)):
        forced_case(f"S-{place}", fund=fund)
    run_days(until=DAY)
    known: dict[str, Any] = {}
    for place in ("here", "elsewhere"):
        agent, case = User.objects.get(username=f"caseworker-{place}"), f"S-{place}"
        told = Act.objects.create(
            case_no=case, kind="COMPLAINT", event_no=event_row("2026-10-26", "COMPLAINT", case).event_no, reason="reçue",
            done_by=agent, done_at=timezone.now(), form_key=uuid4(),
        )  # fmt: skip
        look = Disclosure.objects.create(case_no=case, reason="pour L11", by=agent, at=timezone.now(), form_key=uuid4())
        worry = Worry.objects.create(case_id=case, day=DAY, sentence="à voir")
        known |= asked_of(case, place)
        known |= {
            f"support_{place}": case,
            f"told_{place}": told.pk,
            f"disclosure_{place}": look.pk,
            f"worry_{place}": worry.pk,
        }
    return known


def asked_of(case: str, place: str) -> dict[str, Any]:
    """An act of a parent that waits for a person, with a paper; and a request to admit."""
    parent, at = User.objects.create(username=f"asks-{place}", door=Door.FAMILY), timezone.now()
    asked = ParentAct.objects.create(
        key=uuid4(), user=parent, parent_no=f"D-{case}", case_no=case, party="DEBTOR", kind="HARDSHIP", day=DAY, at=at,
        facts={"month": "2026-10-01", "offer": 0, "words": ""}, answer_by=DAY,
    )  # fmt: skip
    answers = {"party": "CREDITOR", "kind": "COURT_DECISION", "title_date": "2022-02-01", "unpaid": "oui", "protect": "non",
               "name_1": "Zoé", "born_1": "2018-05-02", "amount_1": "180", "other_name": "Durand", "other_first": "Paul",
               "issuer": "TJ"}  # fmt: skip
    draft = RequestDraft.objects.create(
        key=uuid4(), user=parent, answers=answers, updated_at=at, sent_at=at, case_no=f"D-{case}"
    )
    request = ParentAct.objects.create(
        key=draft.key, user=parent, parent_no="", case_no=draft.case_no, party="CREDITOR", kind="REQUEST", day=DAY, at=at,
        answer_by=DAY,
    )  # fmt: skip
    paper = keep_attachment(
        subject=f"aripa:{case}:DEBTOR", about=f"aripa.act:{asked.pk}", name="a.png", content=b"\x89PNG\r\n\x1a\nx",
        given_by="x", at=at,
    )  # fmt: skip
    return {f"asked_{place}": asked.pk, f"admit_{place}": request.pk, f"paper_of_act_{place}": paper.pk}


def _acted_on(place: str, fund: str, employer_no: str) -> dict[str, Any]:
    """A dossier, an offer of it, a repair, a decision and a correction of one family."""
    at, agent = timezone.now(), User.objects.get(username=f"caseworker-{place}")
    dossier = Dossier.objects.create(
        subject=f"cmg:employer:{employer_no}:{place}", title=place, fund=fund, body="FUND", owner=agent, opened_on=DAY,
        deadline=DAY, reasons="CMG-013",
    )  # fmt: skip
    offer = HandOver.objects.create(
        dossier=dossier, to_body="PAJEMPLOI", message="à relier", proposed_by=agent, proposed_at=at, answer_by=DAY
    )
    file = ReceivedFile.objects.create(name=place, kind="repair", sha256=place, size=1, state="APPLIED", received_at=at)
    repair = Repair.objects.create(
        act="COPY_NIR", employer_no=employer_no, file=file, reason="vérifié", done_by="thomas", done_at=at
    )
    verdict = PersonVerdict.objects.create(
        kind="CONFIRMED", employer_no=employer_no, care_month=MONTH, code="CMG-012", reason="vu", proposed_by="thomas",
        proposed_at=at,
    )  # fmt: skip
    owed = Regularisation.objects.create(
        employer_no=f"{employer_no}-{place}", fund=fund, reason="relié", proposed_by="thomas", proposed_on=DAY
    )
    merge = FamilyMerge.objects.create(
        kept=employer_no, absorbed=f"{employer_no}-twin", criteria=["NIR", "IBAN"], repair=repair, reversible_until=DAY,
        state="UNDONE",
    )  # fmt: skip
    return {
        f"merge_{place}": merge.pk,
        f"dossier_{place}": dossier.pk, f"offer_{place}": offer.pk, f"repair_{place}": repair.pk,
        f"verdict_{place}": verdict.pk, f"owed_{place}": owed.pk,
    }  # fmt: skip


def remedies_of(number: str, fund: str) -> dict[str, int]:
    """One remedy of each kind for a family, and a letter."""
    family: dict[str, Any] = {"employer_no": number, "fund": fund}
    subject = f"cmg:employer:{number}"
    advance = Advance.objects.create(**family, amount_cents=1, estimate_cents=1, origin="ASKED", reason="x", four_eyes=False,
                                     proposed_by="x", proposed_on=DAY)  # fmt: skip
    refund = Refund.objects.create(**family, care_month=MONTH, declaration_no=number, version=1, reason="FAMILY",
                                   debited_cents=5, state="REQUESTED", opened_on=DAY, deadline=DAY)  # fmt: skip
    overpayment = Overpayment.objects.create(**family, care_month=MONTH, paid_cents=9, due_cents=4, amount_cents=5,
                                             origin="FAMILY", cause="x", opened_on=DAY)  # fmt: skip
    part = overpayment.instalments.create(number=1, due_on=DAY, amount_cents=5)
    report = Report.objects.create(**family, number=number[:12], form_key=uuid4(), channel="PHONE", symptom="OTHER", months=[MONTH],
                                   opened_at=timezone.now(), opened_by="x", first_answer_by=DAY)  # fmt: skip
    case = BoardCase.objects.create(**family, hardship="x", months_unpaid=1, missing_cents=1, net_pay_cents=1,
                                    referred_by="x", referred_on=DAY)  # fmt: skip
    order = PaymentOrder.objects.create(
        id=900_000 + overpayment.pk, kind="CREDIT", purpose="CMG_ADVANCE", subject=subject, end_to_end_id=number,
        name="x", iban_key=uuid4(), amount_cents=1, due_on=DAY, remittance="x", state="RETURNED",
    )  # fmt: skip
    job = ask_letter(kind="cmg.report_answer", key=number, subject=subject, dated=DAY, by="x",
                     facts={"recipient": ["x"], "report_number": "1", "answer": "x"})  # fmt: skip
    pdf = b"%PDF"
    letter = Letter.objects.create(job=job, number=number[:20], kind=job.kind, title="x", subject=subject, dated=DAY, pages=1,
                                   written_at=timezone.now(), sha256=sha256(pdf).hexdigest(), pdf=encrypt(pdf),
                                   text=encrypt(b"<main>x</main>"))  # fmt: skip
    return {"advance": advance.pk, "refund": refund.pk, "overpayment": overpayment.pk, "part": part.pk,
            "report": report.pk, "case": case.pk, "order": order.pk, "letter": letter.pk}  # fmt: skip


def papers_of(employer_no: str, place: str) -> dict[str, Any]:
    """A report, an advance, a sum paid in excess and a letter of a family."""
    at, subject = timezone.now(), f"cmg:employer:{employer_no}"
    report = Report.objects.create(
        number=f"26-{place}",
        form_key=uuid4(),
        employer_no=employer_no,
        channel="WEB",
        symptom="OTHER",
        months=[MONTH],
        opened_at=at,
        opened_by="x",
        first_answer_by=DAY,
    )
    advance = Advance.objects.create(
        employer_no=employer_no,
        amount_cents=100,
        estimate_cents=100,
        origin="ASKED",
        reason="x",
        four_eyes=False,
        proposed_by="x",
        proposed_on=DAY,
    )
    excess = Overpayment.objects.create(
        employer_no=employer_no,
        care_month=MONTH,
        paid_cents=200,
        due_cents=100,
        amount_cents=100,
        origin="AGENCY",
        cause="x",
        opened_on=DAY,
        notified_on=DAY,
    )
    job = LetterJob.objects.create(key=place, kind="cmg.hold", subject=subject, dated=DAY, facts=b"")
    letter = Letter.objects.create(
        job=job,
        number=place,
        kind="cmg.hold",
        title="x",
        subject=subject,
        dated=DAY,
        written_at=at,
        sha256=sha256(b"x").hexdigest(),
        pages=1,
        pdf=encrypt(b"x"),
        text=encrypt(b"<p>x</p>"),
    )
    paper = keep_attachment(subject=subject, about=f"cmg.report:{report.pk}", name="relevé.pdf", content=b"%PDF-1.7 x",
                            given_by="x", at=at)  # fmt: skip
    order = PaymentOrder.objects.create(
        id=800_000 + advance.pk, kind="CREDIT", purpose="CMG_ADVANCE", subject=subject, end_to_end_id=f"P-{place}",
        name="x", iban_key=uuid4(), amount_cents=1, due_on=DAY, remittance="x",
    )  # fmt: skip
    return {
        f"own_order_{place}": order.pk, f"own_paper_{place}": paper.pk, f"own_report_{place}": report.number,
        f"own_advance_{place}": f"A-{advance.pk}", f"excess_{place}": f"T-{excess.pk}", f"own_letter_{place}": letter.pk,
    }  # fmt: skip


def _draft_of(settlement: Settlement, writer: User) -> UUID:
    """A declaration that the settlement's family has begun to write."""
    draft = FamilyDraft.objects.create(
        key=uuid4(), employer_no=settlement.employer_no, employee_no="S1", care_month=MONTH, child_ids="C1",
        child_birth_dates="2024-03-10", kind="ORIGINAL", declaration_no=f"F{settlement.pk}", version=1,
        started_by=writer, updated_at=timezone.now(),
    )  # fmt: skip
    return draft.key


def person(who: str, objects: dict[str, Any]) -> User:
    """Somebody who holds this role, in the fund HERE when the role has one."""
    role = Role(who) if who in set(Role) else None
    user = User.objects.create(username=f"the-{who}", door=TABLE[role].door if role else Door.AGENT)
    if role == Role.PARENT:
        subject = f"cmg:employer:{objects['family_here']}"
        FamilyLink.objects.create(user=user, subject=subject, since=DAY, how=LinkedBy.EMPLOYER_NO)
        FamilyLink.objects.create(user=user, subject="aripa:parent:P-C-here", since=DAY, how=LinkedBy.PARENT_NO)
        subject = f"family:{HERE}/{objects['benefit_no_here']}"
        FamilyLink.objects.create(user=user, subject=subject, since=DAY, how=LinkedBy.BENEFICIARY_NO)
        ParentAct.objects.filter(key=objects["act_here"]).update(user=user)
        Agreement.objects.filter(key__in=[objects["agreement_here"], objects["invitation_here"]]).update(first=user)
    elif role is not None:
        if role in REPORTERS:
            ProAccessGrant.objects.create(
                user=user, place=CarePlace.objects.get(number=objects["place_here"]), start=DAY
            )
        Posting.objects.create(user=user, role=role, fund="" if role in NATIONAL else HERE, starts_on=DAY)
        hold(user, role, objects)
        if role == Role.STRUCTURE_MANAGER:
            ProAccessGrant.objects.create(user=user, manager_id=objects["manager_here"], start=DAY)
            DelegationAct.objects.filter(key=objects["delegated_here"]).update(by=user)
        if role in ADVISERS:
            ProAccessGrant.objects.create(user=user, desk_no=DESK, start=DAY)
    elif who == EXPIRED:
        for one in (Role.FUND_CASEWORKER, Role.AUTHORISING_OFFICER, Role.PARTNER_AGENT):
            Posting.objects.create(user=user, role=one, fund=HERE, starts_on=date(2025, 1, 1), ends_on=DAY)
        posted_for_sickness(user)
    return user


def posted_for_sickness(user: User) -> None:
    """Every role of an agent at the joint fund that holds HERE since today, for its other branch: none of them is one here."""
    joint = Organisation.objects.create(
        code="CCSS63", name="Caisse commune", body="CCSS", seat_departement="63", departements=["63"]
    )
    for branch, former in (("FAMILY", HERE), ("SICKNESS", "CPAM63")):
        BodyMission.objects.create(body=joint, branch=branch, departement="63", former_id=former, starts_on=DAY)
    for role in posted_by_door(Door.AGENT) - {Role.DATA_PROTECTION, Role.ACCOUNTING_OFFICER}:
        Posting.objects.create(user=user, role=role, fund="CCSS63", branch="SICKNESS", starts_on=DAY)


def client_of(who: str, objects: dict[str, Any]) -> Client:
    client, theirs = Client(), User.objects.get(username="caseworker-elsewhere")
    objects |= {"my_filter": _filter_of(theirs), "their_filter": _filter_of(theirs)}
    if who == STRANGER:
        return client
    user = person(who, objects)
    if who == HALF:
        user = person(Role.SUPERVISOR, objects)
        User.objects.filter(pk=user.pk).update(email="half@demo.example")
        client.get("/entree/")
        session = client.session
        session["pending"] = {"user_pk": user.pk, "how": "test", "next_url": "/", "at": timezone.now().timestamp()}
        session.save()
        return client
    client.force_login(user)
    objects["my_filter"] = _filter_of(user)
    return client


def _filter_of(user: User) -> int:
    saved, _new = SavedFilter.objects.get_or_create(user=user, page="cmg:queue", name="mien", query="q=1")
    return saved.pk


def expected(line: Line, who: str, method: str, *, foreign: bool) -> int | str:
    """The status, or ``door`` for the redirection to the doors."""
    get, post = line.but.get(who, (line.get, line.post))
    if who in OUTSIDE and who not in line.but:
        return "door" if line.outside is None else line.outside
    if who in SIGNED_IN and (who not in line.who or (foreign and (line.never or who not in NATIONAL))):
        return line.refused
    return (get if method == "get" else post) or 405


def visits(name: str, line: Line, objects: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Method, address, and whether it is about an object of others."""
    for method in ("get", "post"):
        if (line.get if method == "get" else line.post) is None:
            continue
        for kwargs, foreign in ((line.own, False), (line.others, True)):
            if kwargs or not foreign:
                filled = {key: objects.get(value, value) for key, value in kwargs.items()}
                yield method, reverse(name, kwargs=filled), foreign


def answered(client: Client, method: str, address: str) -> int | str:
    answer = getattr(client, method)(address)
    to_the_door = answer.status_code == 302 and answer["Location"].startswith("/entree/")
    return "door" if to_the_door else answer.status_code


def wrong_for(who: str, objects: dict[str, Any]) -> list[str]:
    """What `who` got that the table does not say."""
    client, wrong = client_of(who, objects), []
    for name, line in ACCESS.items():
        for method, address, foreign in visits(name, line, objects):
            wanted, got = expected(line, who, method, foreign=foreign), answered(client, method, address)
            if name in ("accounts:sign_out", "aripa:own_leave") and who in SIGNED_IN:
                client.force_login(User.objects.get(username=f"the-{who}"))
            if got != wanted and not (wanted == 302 and got == "door"):
                about = " (others)" if foreign else ""
                wrong.append(f"{who}, {method.upper()} {name}{about}: {got}, expected {wanted}")
    return wrong


def bare(request: HttpRequest, template: str, context: object = None, *, status: int = 200) -> HttpResponse:
    """A page of refusal without its words: they have their own tests, and ten thousand of them take minutes."""
    return HttpResponse(status=status)


# In two halves, so that two processes share them.
@pytest.mark.parametrize("half", [0, 1])
def test_every_address_as_everybody(
    half: int, objects: dict[str, Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each of eighteen thousand requests writes its session: in memory here, in the database in every other test.
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    monkeypatch.setattr("portal.frame.errors.render", bare)
    monkeypatch.setattr("portal.frame.menu.COUNTS", {})
    wrong = []
    for who in sorted(EVERYBODY)[half::2]:
        with transaction.atomic():
            wrong += wrong_for(who, dict(objects))
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)
