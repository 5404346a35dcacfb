"""A new BMAF seen before its day: by family to the cent, killed and again, twice, then beside the files and the month."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal.accounts.permissions import moment_on
from portal.audit.models import JournalEntry
from portal.batches.models import Run, RunState, SliceState
from portal.batches.operations import work_through
from portal.benefits.models import Uprating, UpratingLine, UpratingState
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.running import aeeh
from portal.benefits.running.closing import work_to_the_end
from portal.benefits.uprating import previewing
from portal.benefits.uprating.operations import (
    UpratingRefused,
    ask_preview,
    confirm,
    put_in_force,
    recompute,
    withdraw,
)
from portal.benefits.uprating.standing import compared, in_file
from portal.benefits.uprating.telling import crossing_told, lines_told, sides_told, waiting_told
from tests.portal.benefits.uprating.worlds import APRIL, MARCH, Files, decided, decision, in_march, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(received: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    yield from in_march(tmp_path, monkeypatch)


def previewed(uprating: Uprating) -> Run:
    run = ask_preview(uprating_pk=uprating.pk, on=MARCH, by="helene")
    return previewing.work(run.pk)


def lines(run: Run, benefit: str = "AEEH") -> dict[str, tuple[int, int, str, bool]]:
    found = UpratingLine.objects.filter(run=run, benefit=benefit)
    return {one.beneficiary_no: (one.before_cents, one.after_cents, one.refusal, one.crosses) for one in found}


def test_each_family_to_the_cent(files: Files) -> None:
    uprating = proposed()

    run = previewed(uprating)

    uprating.refresh_from_db()
    assert (run.state, uprating.state) == (RunState.DONE, UpratingState.PREVIEWED)
    assert lines(run) == {
        "0123456": (151_80 + 436_42, 153_01 + 439_91, "", False),
        "0777777": (151_80, 153_01, "benefits.complement_amount_unknown", False),
        "0555555": (25_30, 25_50, "", False),
    }
    # Within the ceiling, a boy of seventeen declared at school: 97.95 % of the BMAF, less CRDS. The others did not declare.
    assert lines(run, "ARS")["0123456"] == (462_33, 466_02, "", False)
    told = sides_told(run)
    assert told[0].sentence == (
        "AEEH, avril 2026\u00a0: 3 familles, 771,43\u00a0€ au lieu de 765,32\u00a0€, soit 6,11\u00a0€ de plus en tout et "
        "2,04\u00a0€ de plus par famille en moyenne."
    ).replace("\u00a0:", " :")
    assert [one for one in told[0].classes if one[1]] == [
        ("de 0,01 € à moins de 2,00 €".replace(" €", "\u00a0€"), 2),
        ("de 2,00 € à moins de 5,00 €".replace(" €", "\u00a0€"), 1),
    ]
    assert {one["fund"]: one["difference_cents"] for one in told[0].funds} == {"CAF59": 121, "CAF63": 490}


def test_who_passes_the_threshold_of_small_sums(files: Files) -> None:
    """Five days of thirty: 25.30 € waits, 28.27 € leaves (28 € in 2026)."""
    run = previewed(proposed(value_cents=530_00))

    assert lines(run)["0555555"] == (25_30, 28_27, "", True)
    assert crossing_told(run).startswith("Familles qui passent le seuil des petites sommes : 1 pour l’AEEH, 0 pour")


def test_killed_in_the_middle_and_again(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "slice_count", lambda _rows: 4)
    whole = previewed(proposed())
    uprating = Uprating.objects.get()
    run = ask_preview(uprating_pk=uprating.pk, on=MARCH, by="helene")
    done = iter(range(2))

    def killed(part: object) -> object:
        if next(done, None) is None:
            raise KeyboardInterrupt
        return previewing.preview_slice(part)  # type: ignore[arg-type]

    with pytest.raises(KeyboardInterrupt):
        work_through(run.pk, killed)  # type: ignore[arg-type]
    assert previewing.finish(run_pk=run.pk).state == RunState.RUNNING
    assert run.slices.filter(state=SliceState.DONE).count() == 2
    run.slices.filter(state=SliceState.LEASED).update(lease_until=timezone.now() - timedelta(seconds=1))

    again = previewing.work(run.pk)

    assert again.digest == whole.digest
    assert {name: told for name, told in again.totals.items() if name in ("AEEH", "ARS")} == {
        name: told for name, told in whole.totals.items() if name in ("AEEH", "ARS")
    }
    # What the first preview kept of families is forgotten.
    assert set(UpratingLine.objects.values_list("run_id", flat=True)) == {run.pk}


def test_asked_twice_it_is_one_run(files: Files) -> None:
    uprating = proposed()

    first = ask_preview(uprating_pk=uprating.pk, on=MARCH, by="helene")
    second = ask_preview(uprating_pk=uprating.pk, on=MARCH, by="bruno")

    assert first.pk == second.pk
    assert Run.objects.filter(kind=previewing.KIND).count() == 1


def test_a_line_written_meanwhile_ends_the_preview(files: Files) -> None:
    uprating = proposed()
    run = ask_preview(uprating_pk=uprating.pk, on=MARCH, by="helene")
    files.write("478.16")

    assert previewing.work(run.pk).state == RunState.SUPERSEDED
    with pytest.raises(UpratingRefused, match="déjà une ligne"):
        ask_preview(uprating_pk=uprating.pk, on=MARCH, by="helene")


def test_on_the_day_the_rules_give_what_was_previewed(files: Files) -> None:
    uprating = proposed()
    run = previewed(uprating)
    confirm(uprating_pk=uprating.pk, digest=run.digest, by="helene", at=moment_on(MARCH))
    with pytest.raises(UpratingRefused, match="n’a pas de ligne au 01/04/2026"):
        put_in_force(uprating_pk=uprating.pk, by="helene")

    files.write("478.16")

    done = put_in_force(uprating_pk=uprating.pk, by="helene")
    assert done.state == put_in_force(uprating_pk=uprating.pk, by="helene").state == UpratingState.IN_FORCE
    assert in_file(done).words.startswith("Le barème installé est exactement celui de l’aperçu")
    given = aeeh.decide(APRIL, (0, 64)).filter(pl.col("net_cents") > 0)
    assert dict(given.select("beneficiary_no", "net_cents").iter_rows()) == {
        number: after for number, (_before, after, *_rest) in lines(run).items()
    }
    assert JournalEntry.objects.filter(action="benefits.uprating.moved", subject=f"uprating:{uprating.pk}").count() == 3


@pytest.mark.parametrize(
    ("value", "day", "words"),
    [("478.61", "2026-04-01", "dit 478,61"), ("478.16", "2026-05-01", "Il en a une au 01/05/2026")],
)
def test_a_line_that_is_not_the_one_announced_is_told(files: Files, value: str, day: str, words: str) -> None:
    uprating = proposed()
    run = previewed(uprating)
    confirm(uprating_pk=uprating.pk, digest=run.digest, by="helene", at=moment_on(MARCH))

    files.write(value, day)

    with pytest.raises(UpratingRefused, match=words):
        put_in_force(uprating_pk=uprating.pk, by="helene")


def test_april_2027_is_previewed_by_its_own_value_alone_and_opens_with_its_line(files: Files) -> None:
    """Until the BMAF is announced nothing of April is told; its preview is the very file once the line is written."""
    files.write("478.16")
    day, april = date(2027, 3, 10), date(2027, 4, 1)
    alone = proposed(on=day, key="aeeh.complement_6_amount", value_cents=1_305_10, day=april)
    run = previewing.work(ask_preview(uprating_pk=alone.pk, on=day, by="helene").pk)

    assert (run.state, lines(run), lines(run, "ARS")) == (RunState.DONE, {}, {})
    assert "AEEH, avril 2027 : ne se calcule pas encore" in sides_told(run)[0].sentence
    assert "Base mensuelle" in sides_told(run)[0].sentence
    assert waiting_told(run) == "Aucun montant de famille ne se calcule encore."
    assert "pas connu" in crossing_told(run)

    uprating = proposed(on=day, value_cents=488_20, day=april)
    run = previewing.work(ask_preview(uprating_pk=uprating.pk, on=day, by="helene").pk)
    assert lines(run)["0123456"][:2] == (153_01 + 439_91, 156_22 + 449_14)
    assert set(aeeh.decide(april, (0, 64))["refusal"]) == {"benefits.no_parameter"}

    files.write("488.20", "2027-04-01")
    uprating.refresh_from_db()
    assert in_file(uprating).words.startswith("Le barème installé est exactement celui de l’aperçu")
    given = aeeh.decide(april, (0, 64)).filter(pl.col("net_cents") > 0)
    assert dict(given.select("beneficiary_no", "net_cents").iter_rows()) == {
        number: after for number, (_before, after, *_rest) in lines(run).items() if after
    }


def test_the_file_edited_twice_is_not_read_at_all(files: Files) -> None:
    files.write("478.16")
    files.write("478.61")

    with pytest.raises(ValueError, match="bmaf: dates must rise and differ"):
        benefit_parameters()


def test_confirmed_on_what_was_read_and_again_after_a_new_preview(files: Files) -> None:
    uprating = proposed()
    with pytest.raises(UpratingRefused, match="calculez l’aperçu"):
        confirm(uprating_pk=uprating.pk, digest="0" * 64, by="helene", at=moment_on(MARCH))
    run = previewed(uprating)
    with pytest.raises(UpratingRefused, match="Relisez"):
        confirm(uprating_pk=uprating.pk, digest="0" * 64, by="helene", at=moment_on(MARCH))
    confirm(uprating_pk=uprating.pk, digest=run.digest, by="helene", at=moment_on(MARCH))

    previewed(uprating)

    uprating.refresh_from_db()
    assert (uprating.state, uprating.confirmed_by, uprating.confirmed_digest) == (UpratingState.PREVIEWED, "", "")


def test_ten_times_too_much_asks_for_two_people(files: Files) -> None:
    uprating = proposed(value_cents=4_781_60)
    run = previewed(uprating)

    with pytest.raises(UpratingRefused, match="une autre personne"):
        confirm(uprating_pk=uprating.pk, digest=run.digest, by="helene", at=moment_on(MARCH))

    with pytest.raises(IntegrityError, match="uprating_two_people"), transaction.atomic():
        Uprating.objects.update(
            state="CONFIRMED", confirmed_by="helene", confirmed_digest=run.digest, confirmed_at=moment_on(MARCH)
        )
    confirm(uprating_pk=uprating.pk, digest=run.digest, by="bruno", at=moment_on(MARCH))


def test_the_month_is_computed_by_its_own_run_and_gives_the_cents_of_the_preview(files: Files, tmp_path: Path) -> None:
    uprating = proposed()
    run = previewed(uprating)
    with pytest.raises(UpratingRefused, match="dans le barème"):
        recompute(uprating_pk=uprating.pk, on=MARCH, by="helene")
    confirm(uprating_pk=uprating.pk, digest=run.digest, by="helene", at=moment_on(MARCH))
    files.write("478.16")
    put_in_force(uprating_pk=uprating.pk, by="helene")
    uprating.refresh_from_db()
    assert compared(uprating) is None

    month = work_to_the_end(recompute(uprating_pk=uprating.pk, on=APRIL, by="helene"))

    assert (month.kind, month.month, month.state) == ("aeeh-month", APRIL, RunState.TO_SIGN)
    beside = compared(uprating)
    assert beside is not None
    assert (beside.changed.count(), beside.new.count()) == (0, 0)
    # A family whose decision changes meanwhile is named, and one that nobody had seen.
    decided(
        tmp_path / "later",
        decision("0123456", complement="4", updated_at="2026-09-01T06:00:00+02:00"),
        decision("0666666", complement="0", complement_by_help="0"),
    )
    work_to_the_end(recompute(uprating_pk=uprating.pk, on=APRIL, by="helene"))
    beside = compared(uprating)
    assert beside is not None
    assert [(one.beneficiary_no, one.after_cents, one.given_cents) for one in beside.changed] == [  # type: ignore[attr-defined]
        ("0123456", 592_92, 834_72)
    ]
    assert [(one.beneficiary_no, one.net_cents) for one in beside.new] == [("0666666", 153_01)]


def test_withdrawn_with_a_word_and_its_families_forgotten(files: Files) -> None:
    uprating = proposed()
    previewed(uprating)
    with pytest.raises(UpratingRefused, match="pourquoi"):
        withdraw(uprating_pk=uprating.pk, reason="", by="helene")

    withdraw(uprating_pk=uprating.pk, reason="l’instruction est remplacée", by="helene")

    assert not UpratingLine.objects.exists()
    with pytest.raises(IntegrityError, match="ne change plus"), transaction.atomic():
        Uprating.objects.update(state="PROPOSED")
    # The day is free again.
    assert proposed(value_cents=479_00).state == UpratingState.PROPOSED


def test_what_was_announced_and_seen_is_not_rewritten(files: Files) -> None:
    previewed(proposed())

    with pytest.raises(IntegrityError, match="ne se réécrit pas"), transaction.atomic():
        Uprating.objects.update(value_cents=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        UpratingLine.objects.update(after_cents=1)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM benefits_uprating")


def test_told_as_text(files: Files) -> None:
    run = previewed(proposed())

    told = lines_told(run)

    assert told[0] == "BMAF au 01/04/2026 : 478,16\u00a0€ au lieu de 474,37\u00a0€"
    assert told[-1] == f"digest {run.digest}"
    assert waiting_told(run).startswith("4 familles ne se calculent")
    assert run.month == date(2026, 4, 1)
