"""Matching rules run for real on the region; Philippe's six leads on Monday, and the past of the rule that Monday ends.

Philippe reads, in this order: a pension unpaid without ASF (owed to the family), eleven hours of September at two places
(the first month at the crèche), the file drawn beside it, a child in two claims, one of which is his neighbour's, and a crèche
that billed hours of absence. Everything else that the rules found in his fund was read before by Sylvie.
"""

import csv
from datetime import date, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from fraud.demo import in_vain
from fraud.demo.hours import at_hour
from fraud.models import DeclaredLink, Lead, LeadState, Relation, RuleVersion
from fraud.signals.deciding import reject_lead
from fraud.signals.publishing import give_opinion, publish_rules, veto_rule
from fraud.signals.running import run_signals
from monenfant.models import CareStructure
from portal.accounts.models import User
from portal.exchange.operations import import_file

FUND = "CAF63"
PUBLISHED, VETOED, RAN, READ = date(2026, 1, 5), date(2026, 1, 12), date(2026, 10, 22), date(2026, 10, 23)
SEPTEMBER = date(2026, 9, 1)
# What was decided of DM05 from February to May, of which only the decisions are left: 61 kept of 208. Three more were kept in
# May (`fraud.demo.in_vain`), whose cases were closed without result on Friday.
KEPT, REJECTED = 61, 147
HISTORY_FROM = date(2026, 2, 2)
IN_FAVOUR = "la règle ne peut que rendre de l’argent, et ne réclame rien"
WITH_THE_DRAW = "tant que des dossiers tirés au sort sont lus à côté, et l’écart comparé chaque semestre"
FAMILY, CHILD, CRECHE = "6309000501", "63-C-0501", "Les Lucioles"
# Eleven hours at both places, over the days of the adaptation: longer and longer at the crèche, the childminder's sheet unchanged.
ADAPTATION = ((2, 60), (3, 60), (4, 90), (7, 120), (8, 150), (9, 180))
BILLED_IN_VAIN = 20
Row = dict[str, str]


def load(folder: Path, on: date) -> None:
    """What the demonstration shows on that day; called once."""
    _published_with_their_opinions()
    _vetoed()
    kept = in_vain.kept_in_spring()
    _past_of_dm05()
    for name, rows in _files().items():
        _receive(folder, name, rows)
    run_signals(on=RAN)
    _read_by_sylvie()
    in_vain.closed_on_friday(kept)
    _neighbour()


def _published_with_their_opinions() -> None:
    """Anne gave her opinion on each the same afternoon: without it, none would run."""
    for rule in publish_rules(on=PUBLISHED, at=at_hour(PUBLISHED, 9), by="helene"):
        give_opinion(
            rule_pk=rule.pk, is_favourable=True, by="kowalski", on=PUBLISHED, at=at_hour(PUBLISHED, 15),
            reason=IN_FAVOUR if rule.content.get("in_favour") else WITH_THE_DRAW,
        )  # fmt: skip


def _vetoed() -> None:
    """Anne suspended the rule of shared accounts before it ever ran: she waits for another version."""
    rule = RuleVersion.objects.get(code="DM06")
    veto_rule(
        rule_pk=rule.pk, by="kowalski", on=VETOED, at=at_hour(VETOED, 15),
        reason="les comptes des pensions et ceux du CMG viennent de deux fichiers, à rapprocher avant tout croisement.",
    )  # fmt: skip


def _past_of_dm05() -> None:
    """Leads of the spring, decided by Sylvie and Philippe in turn; their facts are erased, as those of any lead of that age."""
    readers = list(User.objects.filter(username__in=("philippe", "sylvie")).order_by("username"))
    Lead.objects.bulk_create(
        _decided(number, readers[number % len(readers)]) for number in range(KEPT + REJECTED)
    )  # fmt: skip


def _decided(number: int, by: User) -> Lead:
    # One kept in about three, spread over the spring.
    is_kept = (number * KEPT) // (KEPT + REJECTED) != ((number + 1) * KEPT) // (KEPT + REJECTED)
    day = HISTORY_FROM + timedelta(days=number // 2)
    return Lead(
        rule_code="DM05", rule_version=1, fund=FUND, subject="", key=f"past:{number}", title="effacé", found_on=day,
        state=LeadState.ACCEPTED if is_kept else LeadState.REJECTED, decided_by=by, decided_at=at_hour(day, 11),
        reason_code="KEPT" if is_kept else "ADAPTATION", reason="effacé", purged_on=min(day + timedelta(days=92), RAN),
        proved=None,
    )  # fmt: skip


def _files() -> dict[str, list[Row]]:
    """A family whose child began at the crèche in September, and what both places say of that month."""
    place = (
        CareStructure.objects.filter(name=CRECHE, known_until=None).values_list("cnaf_id", flat=True).first()
        or "63-LUCIOLES"
    )
    sheet, presence = [], []
    for day in range(1, 31):
        if date(2026, 9, day).weekday() > 4:
            continue
        sheet.append(_minder_day(day, "08:00-16:30"))
    for day, minutes in ADAPTATION:
        end = 9 * 60 + minutes
        presence.append(_creche_day(place, CHILD, day, f"09:00-{end // 60:02d}:{end % 60:02d}", minutes))
    # Other children, present eight hours a day; for a few, the contract is billed and nobody came.
    for number in range(30):
        for day in (14, 15, 16, 17, 18):
            came = (number * 5 + day) % 100 >= BILLED_IN_VAIN
            presence.append(_creche_day(place, f"63-L-{number:02d}", day, "08:30-16:30" if came else "", 480))
    return {
        "accounts": [_account()], "rights_fund": [_right()], "employees": [_employee()], "declarations": [_declaration()],
        "childminder-days": sheet, "creche-days": presence,
    }  # fmt: skip


def _account() -> Row:
    return {
        "employer_no": FAMILY, "nir": "", "last_name": "Vernay", "first_names": "Claire", "birth_date": "1991-05-14",
        "fund": FUND, "beneficiary_no": "9090501", "iban": "", "mandate_ref": "", "mandate_signed_on": "", "all_in_one": "0",
        "updated_at": "2026-03-02T09:00:00+01:00",
    }  # fmt: skip


def _right() -> Row:
    return {
        "right_no": "R-090501", "fund": FUND, "beneficiary_no": "9090501", "nir": "", "employer_no": FAMILY, "child_id": CHILD,
        "child_first_name": "Anouk", "child_birth_date": "2025-01-20", "care_mode": "CHILDMINDER", "status": "ACTIVE",
        "start": "2026-03-01", "end": "2026-10-01", "annual_resources": "31000", "dependent_children": "1",
        "isolated_parent": "0", "aah": "0", "aeeh_children": "0", "prepare": "NONE", "shared_residence": "0",
        "sequence_no": "1", "decided_at": "2026-03-03T09:00:00+01:00", "received_at": "2026-03-04T09:00:00+01:00",
    }  # fmt: skip


def _employee() -> Row:
    return {
        "employee_no": "S-090501", "employer_no": FAMILY, "employee_kind": "CHILDMINDER", "licence_no": "", "licence_end": "",
        "registered_on": "2026-03-02",
    }  # fmt: skip


def _declaration() -> Row:
    return {
        "declaration_no": "D-090501-09", "version": "1", "kind": "ORIGINAL", "employer_no": FAMILY, "employee_no": "S-090501",
        "care_month": "2026-09", "child_ids": CHILD, "child_birth_dates": "2025-01-20", "net_salary": "610.00",
        "maintenance_allowance": "70.00", "meal_allowance": "", "mileage": "", "terminal_indemnities": "", "hours": "150",
        "specific_hours": "", "days": "22", "withholding_tax": "", "received_at": "2026-10-02T18:00:00+02:00",
    }  # fmt: skip


def _minder_day(day: int, hours: str) -> Row:
    return {"employee_no": "S-090501", "employer_no": FAMILY, "child_id": CHILD, "day": f"2026-09-{day:02d}", "hours": hours,
            "billed_hours": "8.5"}  # fmt: skip


def _creche_day(cnaf_id: str, child: str, day: int, hours: str, billed_minutes: int) -> Row:
    return {"cnaf_id": cnaf_id, "child_id": child, "day": f"2026-09-{day:02d}", "hours": hours,
            "billed_hours": f"{billed_minutes / 60:.2f}"}  # fmt: skip


def _receive(folder: Path, name: str, rows: list[Row]) -> None:
    """Take in one small flow file, all of whose rows must enter."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-signaux.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    report = import_file(path, received_at=at_hour(date(2026, 10, 20), 8))
    assert not report.refusals, report.refusals
    assert not report.rejected, f"{path.name}: {report.errors}"


def _left_to_philippe() -> list[int]:
    """The six that nobody has read: the most recent of each, and the draw beside DM05."""
    found = Lead.objects.filter(fund=FUND, state=LeadState.TO_READ).order_by("pk")
    twice = list(found.filter(rule_code="DM03", is_sample=False)[:2])
    chosen = [
        found.filter(in_favour=True).first(), found.filter(rule_code="DM05", is_sample=False).first(),
        found.filter(rule_code="DM05", is_sample=True).first(), found.filter(rule_code="DM12").first(), *twice,
    ]  # fmt: skip
    return [one.pk for one in chosen if one is not None]


def _read_by_sylvie() -> None:
    """Thursday evening and Friday: everything else, by the portal's own operation; what families are owed first."""
    sylvie = User.objects.get(username="sylvie")
    left = _left_to_philippe()
    others = Lead.objects.filter(fund=FUND, state=LeadState.TO_READ).exclude(pk__in=left).order_by("-in_favour", "pk")
    for one in others:
        code, line = WHY.get("DRAW" if one.is_sample else one.rule_code, WHY["DRAW"])
        reject_lead(
            lead_pk=one.pk,
            reason_code=code,
            line=line,
            by_pk=sylvie.pk,
            on=READ,
            at=at_hour(READ, 10),
            form_key=_key(one.pk),
        )


WHY = {
    "DR02": ("PAID_DIRECTLY", "Le parent confirme au téléphone : payée de la main à la main."),
    "DM03": ("SHARED_CUSTODY", "Garde alternée confirmée par les deux caisses, à inscrire des deux côtés."),
    "DRAW": ("NOTHING_FOUND", "Dossier lu en entier, rien à signaler."),
}


def _key(number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"demo:signals:{number}")


def _neighbour() -> None:
    """One of the two families whose child is in two claims lives next door to Philippe: he said so when he was posted."""
    lead = Lead.objects.filter(fund=FUND, rule_code="DM03", state=LeadState.TO_READ).order_by("-pk").first()
    if lead is not None:
        DeclaredLink.objects.create(
            user=User.objects.get(username="philippe"),
            subject=lead.subject,
            relation=Relation.OTHER,
            since=date(2024, 1, 8),
        )
