"""A declaration sent by a family: received like any other source, once, with the estimate it was shown."""

from datetime import date
from pathlib import Path

import pytest

from cmg.closing.trial import TRIAL_ORDINALS
from cmg.declaring.cares import family_known, living_declarations
from cmg.declaring.sending import AlreadyDeclared, WrongCells, drop, estimate_of, save, send, start_change
from cmg.models import Declaration, DeclarationEstimate, DeclarationKind, FamilyDraft, Settlement
from cmg.operations import close_month, decisions_digest, inputs_digest
from portal.batches.models import Run
from portal.exchange.models import FileChunk, ReceivedFile
from portal.exchange.operations import import_files
from portal.legislation.parameters import NoParameterInForce
from tests.cmg.declaring.families import AT, MONDAY, MONTH, PAYOUT, SUNDAY, TYPED, account_of, drafted, parent, received
from tests.cmg.files import row, write
from tests.cmg.remedies.families import debited_home, moved_away

pytestmark = pytest.mark.django_db


def test_the_estimate_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    received(tmp_path)
    draft = drafted(parent())

    found = estimate_of(draft, at=AT, on=SUNDAY)

    assert (found.status, found.debit_cents, found.payout_cents) == ("SETTLED", 0, PAYOUT)
    assert found.sentence == "À prélever : 0\u00a0€. À recevoir : 428,70\u00a0€."
    assert (found.before.payout_cents, found.after.payout_cents) == (0, PAYOUT)
    assert not found.has_others
    assert Declaration.objects.filter(care_month=MONTH).count() == 0 == Run.objects.count()


def test_what_is_sent_is_a_file_kept_whole_and_settles_to_the_estimate(tmp_path: Path) -> None:
    received(tmp_path)
    user = parent()
    draft = drafted(user)

    sent, again = send(key=draft.key, by=user, at=AT, on=SUNDAY)

    declaration = Declaration.objects.get(care_month=MONTH)
    assert (sent.declaration, again) == (declaration, False)
    assert declaration.declaration_no == f"F2610-{draft.pk:07d}"
    assert (declaration.version, declaration.kind, declaration.received_at) == (1, "ORIGINAL", AT)
    file = ReceivedFile.objects.get(pk=declaration.file_id)
    assert (file.kind, file.sender, file.rows_applied) == ("declarations", "famille", 1)
    assert FileChunk.objects.filter(file=file).count() == 1
    kept = DeclarationEstimate.objects.get(declaration=declaration)
    assert (kept.debit_cents, kept.payout_cents, kept.made_on) == (0, PAYOUT, SUNDAY)
    assert {"name": "annual_resources", "label": "Ressources annuelles", "value": "30\u00a0000\u00a0€"} in kept.facts
    close_month(month=MONTH, on=MONDAY)
    settled = Settlement.objects.get(declaration=declaration)
    assert (settled.status, settled.debit_cents, settled.payout_cents) == ("SETTLED", 0, PAYOUT)


def test_sent_twice_is_sent_once(tmp_path: Path) -> None:
    received(tmp_path)
    user = parent()
    draft = drafted(user)
    send(key=draft.key, by=user, at=AT, on=SUNDAY)

    sent, again = send(key=draft.key, by=user, at=AT.replace(hour=19), on=SUNDAY)

    assert again
    assert sent.sent_at == AT
    assert Declaration.objects.filter(care_month=MONTH).count() == 1
    assert save(draft_pk=draft.pk, values={"hours": "1"}, at=AT).values["hours"] == "120"
    drop(draft_pk=draft.pk)
    assert FamilyDraft.objects.filter(pk=draft.pk).exists(), "what was sent is not forgotten"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, {"net_salary", "hours"}),
        (TYPED | {"hours": ""}, {"hours"}),
        (TYPED | {"hours": "745"}, {"hours"}),
        (TYPED | {"hours": "744"}, set()),
        (TYPED | {"days": "32"}, {"days"}),
        (TYPED | {"days": "31"}, set()),
        (TYPED | {"net_salary": "douze", "meal_allowance": "1,234"}, {"net_salary", "meal_allowance"}),
        (TYPED | {"net_salary": " 1\u00a0560,5 € "}, set()),
        (TYPED | {"terminal_indemnities": "560,01"}, {"terminal_indemnities"}),
        (TYPED | {"terminal_indemnities": "560,00", "hours": "1"}, set()),
        (TYPED | {"specific_hours": "121"}, {"specific_hours"}),
        (TYPED | {"specific_hours": "120"}, set()),
        (TYPED | {"net_salary": "-1"}, {"net_salary"}),
    ],
)
def test_every_error_at_once_beside_its_field_and_nothing_sent(
    tmp_path: Path, typed: dict[str, str], wrong: set[str]
) -> None:
    received(tmp_path)
    user = parent()
    draft = drafted(user, typed)

    if not wrong:
        send(key=draft.key, by=user, at=AT, on=SUNDAY)
        assert Declaration.objects.filter(care_month=MONTH).count() == 1
        return
    with pytest.raises(WrongCells) as refused:
        send(key=draft.key, by=user, at=AT, on=SUNDAY)
    assert set(refused.value.errors) == wrong
    assert all("exemple" in told for told in refused.value.errors.values())
    assert not Declaration.objects.filter(care_month=MONTH).exists()
    assert not ReceivedFile.objects.filter(sender="famille").exists()


def test_a_correction_keeps_the_number_and_a_cancellation_ends_it(tmp_path: Path) -> None:
    received(tmp_path)
    user = parent()
    first, _again = send(key=drafted(user).key, by=user, at=AT, on=SUNDAY)
    assert first.declaration is not None

    draft = start_change(declaration=first.declaration, kind=DeclarationKind.CORRECTION, by=user, at=AT)
    assert draft.values["net_salary"] == "560,00"
    save(draft_pk=draft.pk, values={"net_salary": "600,00"}, at=AT)
    found = estimate_of(FamilyDraft.objects.get(pk=draft.pk), at=AT, on=SUNDAY, compared=True)
    # 666.00 × (1 − 2 500 × 0.0619 % ÷ 4.91) = 456.09
    assert (found.before.payout_cents, found.after.payout_cents) == (PAYOUT, 45_609)
    corrected, _again = send(key=draft.key, by=user, at=AT, on=SUNDAY)
    assert corrected.declaration is not None
    assert (corrected.declaration.declaration_no, corrected.declaration.version) == (first.declaration_no, 2)

    cancel = start_change(declaration=corrected.declaration, kind=DeclarationKind.CANCELLATION, by=user, at=AT)
    nothing = estimate_of(cancel, at=AT, on=SUNDAY, compared=True)
    assert (nothing.status, nothing.before.payout_cents, nothing.after.payout_cents) == ("CANCELLED", 45_609, 0)
    send(key=cancel.key, by=user, at=AT, on=SUNDAY)
    close_month(month=MONTH, on=MONDAY)
    assert [*Settlement.objects.order_by("version").values_list("status", flat=True)] == [
        "SUPERSEDED", "SUPERSEDED", "CANCELLED",
    ]  # fmt: skip
    account = account_of(user)
    assert account is not None
    assert living_declarations(family_known(account), MONTH) == []
    again = drafted(user)
    send(key=again.key, by=user, at=AT, on=SUNDAY)
    assert Declaration.objects.filter(care_month=MONTH).order_by("-pk").first().declaration_no != first.declaration_no  # type: ignore[union-attr]


def test_what_was_declared_meanwhile_is_not_declared_again(tmp_path: Path) -> None:
    received(tmp_path)
    user = parent()
    draft = drafted(user)
    received(tmp_path / "late", lambda files: files["declarations"][0].update(
        declaration_no="D10", care_month="2026-10", received_at="2026-10-25T12:00:00+02:00"))  # fmt: skip

    with pytest.raises(AlreadyDeclared, match="déjà déclaré"):
        send(key=draft.key, by=user, at=AT, on=SUNDAY)
    filed = Declaration.objects.get(declaration_no="D10")
    stale = start_change(declaration=filed, kind=DeclarationKind.CORRECTION, by=user, at=AT)
    received(tmp_path / "later", lambda files: files["declarations"][0].update(
        declaration_no="D10", version="2", kind="CORRECTION", care_month="2026-10", net_salary="500.00"))  # fmt: skip
    with pytest.raises(AlreadyDeclared, match="a changé"):
        send(key=stale.key, by=user, at=AT, on=SUNDAY)
    assert Declaration.objects.filter(care_month=MONTH).count() == 2


def test_a_held_family_reads_the_hold_and_what_is_due_once_it_is_settled(tmp_path: Path) -> None:
    received(tmp_path, moved_away)

    found = estimate_of(drafted(parent()), at=AT, on=SUNDAY)

    assert (found.status, found.codes) == ("HELD", ("CMG-013",))
    assert found.sentence == (
        "Rien n’est prélevé pour l’instant. Votre dossier Caf et votre compte Pajemploi sont mal reliés. Nous vérifions "
        "que tout est bien à votre nom. Une fois réglé : rien à prélever, 428,70\u00a0€ à recevoir."
    )
    assert found.after.held == 1
    assert (found.after.payout_cents, found.after.awaited_cents) == (0, PAYOUT)


def test_pajemploi_plus_is_one_movement(tmp_path: Path) -> None:
    received(tmp_path, lambda files: files["accounts"][0].update(all_in_one="1"))

    found = estimate_of(drafted(parent()), at=AT, on=SUNDAY)

    # 626.00 to the employee, less 428.70 of aid.
    assert found.sentence == "À prélever en une fois, salaire compris et aide déduite : 197,30\u00a0€."
    assert (found.after.debit_cents, found.after.payout_cents) == (19_730, 0)


def test_families_who_declare_never_void_a_signature_and_the_month_is_computed_again(tmp_path: Path) -> None:
    received(tmp_path, debited_home)
    user = parent()
    before = inputs_digest(MONTH), decisions_digest(MONTH)
    draft = drafted(user, {"hours": "130", "net_salary": "1600,00"})

    send(key=draft.key, by=user, at=AT, on=SUNDAY)

    assert inputs_digest(MONTH) == before[0]
    assert decisions_digest(MONTH) != before[1]
    assert decisions_digest(date(2026, 9, 1)) == decisions_digest(date(2026, 8, 1))
    received(tmp_path / "late", lambda files: files["accounts"][0].update(updated_at="2026-10-25T12:00:00+02:00"))
    assert inputs_digest(MONTH) != before[0], "a file of any other source still counts"


def test_a_file_that_calls_itself_famille_still_counts(tmp_path: Path) -> None:
    received(tmp_path)
    before = inputs_digest(MONTH)

    import_files([write(tmp_path / "x", "declarations", [row("declarations")], {"sender": "famille"})])

    assert inputs_digest(MONTH) != before


def test_a_month_without_figures_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_figures(*_args: object, **_named: object) -> None:
        raise NoParameterInForce("bmaf", MONTH)

    received(tmp_path)
    draft = drafted(parent())
    monkeypatch.setattr("cmg.declaring.estimating.try_month", no_figures)

    found = estimate_of(draft, at=AT, on=SUNDAY)

    assert found.status == "UNKNOWN"
    assert "pas encore calculer" in found.sentence


def test_estimates_of_one_month_do_not_wait_for_each_other() -> None:
    """A trial is a run of its month, one per ordinal: drawn among thousands, or the second family would wait."""
    assert len(TRIAL_ORDINALS) > 10_000
    assert min(TRIAL_ORDINALS) > 10_000
