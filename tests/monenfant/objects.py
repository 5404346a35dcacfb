"""One thing of each kind that agents of childcare see, in the département of a fund and in another's."""

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils import timezone

from monenfant.duties.reminding import letter_subject
from monenfant.models import CarePlace, DeclarationFollowUp, DeskReferral, StructureSilence
from monenfant.operations import record_withdrawal
from monenfant.rules.follow_up import Ground
from portal.accounts.models import User
from portal.exchange.models import RejectedRow
from portal.letters.models import Letter, LetterJob
from portal.people.vault import encrypt
from tests.monenfant.files import row, take_in

JUNE = date(2026, 6, 1)
APPROVALS = "childminder-approvals"
COMMUNES = {"here": ("63113", {}), "elsewhere": ("59350", {"departement": "59", "insee_code": "59350", "postcode": "59000",
                                                            "lat": "50.63", "lon": "3.06"})}  # fmt: skip


def place_in(insee_code: str, number: str, provider: str = "CHILDMINDER") -> CarePlace:
    return CarePlace.objects.create(
        provider=provider, number=number, kind="HOME", insee_code=insee_code, lat=45.78, lon=3.08, cell=1, most_places=4
    )


def childcare_objects(folder: Path) -> dict[str, Any]:
    """By the name of each, `here` and `elsewhere`."""
    known: dict[str, Any] = {"campaign_day": "2026-06-01", "childcare_act": "avertissement"}
    for where, (insee_code, cells) in COMMUNES.items():
        known |= {f"{name}_{where}": value for name, value in _things(folder / where, insee_code, cells, where).items()}
    return known


def _things(folder: Path, insee_code: str, cells: dict[str, str], where: str) -> dict[str, Any]:
    place, by = place_in(insee_code, f"AM9-{where}"), User.objects.create(username=f"notes-{where}")
    one = DeclarationFollowUp.objects.create(place=place, deadline=JUNE, state="REFERRED", moved_on=JUNE)
    DeskReferral.objects.create(follow_up=one, made_on=JUNE)
    silence = StructureSilence.objects.create(
        place=place_in(insee_code, f"S9-{where}", "STRUCTURE"), since=timezone.now(), mode="MANUAL", mailed_on=JUNE
    )
    withdrawal = record_withdrawal(
        place_pk=place.pk, departement=insee_code[:2], heard_on=JUNE, commission_on=JUNE, decided_on=JUNE,
        grounds=[Ground("SAFETY", "rapport"), Ground("HEALTH", "certificat")], by_pk=by.pk, now=timezone.now(),
    )  # fmt: skip
    folder.mkdir(parents=True)
    take_in(folder, APPROVALS, row(APPROVALS, end="hier", approval_number=f"A9-{where}", **cells))
    refused = RejectedRow.objects.latest("pk")
    return {
        "childminder": place.pk, "follow_up": one.pk, "silence": silence.pk, "ground": withdrawal.grounds.first().pk,  # type: ignore[union-attr]
        "offer_file": refused.file_id, "offer_row": refused.pk, "reminder": _letter(place.number, where),
    }  # fmt: skip


def _letter(number: str, where: str) -> int:
    subject = letter_subject(number)
    job = LetterJob.objects.create(
        key=f"reminder-{where}", kind="monenfant.reminder", subject=subject, dated=JUNE, facts=b""
    )
    return Letter.objects.create(
        job=job, number=f"r-{where}", kind=job.kind, title="Rappel", subject=subject, dated=JUNE, pages=1,
        written_at=timezone.now(), sha256=sha256(b"x").hexdigest(), pdf=encrypt(b"x"), text=encrypt(b"<p>x</p>"),
    ).pk  # fmt: skip
