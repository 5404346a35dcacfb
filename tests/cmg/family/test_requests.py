"""What a family asks for: once however often it is sent, stopped before the cut-off, promised a date after it, followed."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cmg.family.control import control_family, waiting_reports
from cmg.models import Advance, BoardCase, Overpayment, Refund, Report
from cmg.operations import close_month
from cmg.remedies import advances, overpayments, reports
from portal.casework.models import Attachment
from tests.cmg.remedies.families import DAY, MONTH, closed, debited_home, issued, moved_away, received

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 50


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def tell(client: Client, *, key: str | None = None, **fields: object):  # type: ignore[no-untyped-def]
    sent = {"key": key or str(uuid4()), "symptom": "DEBITED", "month": "2026-10", "words": ""} | fields
    return client.post("/famille/signaler/", sent)


def test_before_the_cut_off_the_receipt_says_that_the_debit_does_not_leave(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, debited_home)
    closed()

    answer = tell(anne, words="<script>alert(1)</script>")
    report = Report.objects.get()
    page = text(anne, answer["Location"])

    assert report.stops_debit
    assert "Ce prélèvement ne part pas." in page
    assert f"<code>{report.number}</code>" in page
    assert "Première" not in page
    assert "vous répond avant le mercredi 28 octobre 2026." in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    month = text(anne, "/famille/mois/2026-10/")
    assert "Le prélèvement de ce mois ne part pas." in month
    assert "à payer" not in month
    home = text(anne, "/famille/")
    assert "Nous avons arrêté un prélèvement" in home
    assert "Tout est en ordre" not in home
    # The month computed again holds it too: the family reads the same.
    close_month(month=MONTH, on=DAY)
    assert "Le prélèvement de ce mois ne part pas." in text(anne, "/famille/mois/2026-10/")


def test_after_the_cut_off_the_refund_is_promised_with_its_date(
    tmp_path: Path, anne: Client, at: Callable[[int], None]
) -> None:
    received(tmp_path, debited_home)
    closed()
    at(15)
    assert "Dites-le quand même" in text(anne, "/famille/mois/2026-10/")

    page = text(anne, tell(anne)["Location"])

    assert not Report.objects.get().stops_debit
    assert (
        "Ce prélèvement est déjà à la banque. Si c’est une erreur, l’argent revient avant le lundi 2 novembre 2026."
        in page
    )


def test_the_second_press_shows_the_first_receipt(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    closed()
    key = str(uuid4())

    first, second = tell(anne, key=key), tell(anne, key=key, symptom="NOT_PAID")

    assert first["Location"].split("?")[0] == second["Location"].split("?")[0]
    assert Report.objects.count() == 1
    assert "Rien n’a été envoyé deux fois." in text(anne, second["Location"])


def test_the_same_words_from_a_page_loaded_again_are_one_report_other_words_another(
    tmp_path: Path, anne: Client
) -> None:
    received(tmp_path)
    closed()
    tell(anne, words="trop")

    assert tell(anne, words="trop")["Location"].endswith("?deja=1")
    assert Report.objects.count() == 1
    assert tell(anne, words="et encore")["Location"].endswith("?recu=1")
    assert tell(anne, words="trop", symptom="NOT_PAID")["Location"].endswith("?recu=1")
    assert Report.objects.count() == 3


@pytest.mark.parametrize(("fields", "said"), [
    ({"symptom": ""}, "Choisissez ce qui se passe."),
    ({"symptom": "NONSENSE"}, "Choisissez ce qui se passe."),
    ({"month": "2019-06"}, "Choisissez le mois concerné."),
    ({"month": "x"}, "Choisissez le mois concerné."),
    ({"words": "a" * 2001}, "dépasse 2000 signes"),
    ({"photo": SimpleUploadedFile("a.exe", b"MZ" + b"0" * 50)}, "ni une photo"),
    ({"photo": SimpleUploadedFile("a.png", PNG + b"0" * (10 * 1024 * 1024))}, "la limite est 10 Mo"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_kept(tmp_path: Path, anne: Client, fields: dict, said: str) -> None:
    received(tmp_path)
    closed()

    answer = tell(anne, **fields)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Report.objects.exists()
    assert not Attachment.objects.exists()


def test_a_form_without_its_key_is_not_ours(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    assert anne.post("/famille/signaler/", {"symptom": "DEBITED"}).status_code == 404


def test_a_photo_is_kept_once_with_the_report(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    closed()
    key = str(uuid4())
    for _time in range(2):
        photo = BytesIO(PNG)
        photo.name = "relevé <b>.png"
        answer = tell(anne, key=key, photo=photo)

    assert Attachment.objects.get().about == f"cmg.report:{Report.objects.get().pk}"
    page = text(anne, answer["Location"])
    assert "&lt;b&gt;" in page
    assert "relevé <b>" not in page


def test_a_report_that_nothing_explains_is_controlled_and_says_what_was_found(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    closed()
    page = text(anne, tell(anne)["Location"])
    assert "Contrôle de votre dossier : en cours" in page
    report = Report.objects.get()
    assert waiting_reports() == [report.pk]

    control_family(report_pk=report.pk, on=DAY)

    assert waiting_reports() == []
    assert "aucun désaccord trouvé" in text(anne, f"/famille/suivi/{report.number}/")


def test_the_control_finds_the_disagreement_of_files_that_came_since(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    closed()
    tell(anne)
    received(tmp_path / "late", moved_away)

    report = control_family(report_pk=Report.objects.get().pk, on=DAY)

    assert report.codes == "CMG-013"
    assert report.state == "LINKED"


def test_an_answered_report_is_read_and_opened_again_under_its_number(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    closed()
    tell(anne)
    report = Report.objects.get()
    address = f"/famille/suivi/{report.number}/"
    assert "Rouvrir" not in text(anne, address)
    reports.answer_report(report_pk=report.pk, answer="Le <b>montant</b> est juste.", by="thomas", at=timezone.now())
    Report.objects.filter(pk=report.pk).update(answered_at="2026-10-25T10:00:00Z")
    page = text(anne, address)
    assert "Le &lt;b&gt;montant&lt;/b&gt; est juste." in page

    for _time in range(2):
        assert anne.post(f"{address}rouvrir/").status_code == 302

    assert Report.objects.get().state == "OPEN"
    assert Report.objects.get().number == report.number


def test_an_advance_is_asked_once_and_its_refusal_read_with_its_reason(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, moved_away)
    closed()
    assert "Voulez-vous une avance de 428,70 € ?" in text(anne, "/famille/avance/")

    first, second = anne.post("/famille/avance/"), anne.post("/famille/avance/")

    advance = Advance.objects.get()
    assert (advance.amount_cents, advance.state, advance.proposed_by) == (42_870, "PROPOSED", "anne")
    assert first["Location"] == f"/famille/suivi/A-{advance.pk}/?recu=1"
    assert second["Location"] == f"/famille/suivi/A-{advance.pk}/?deja=1"
    advances.refuse_advance(advance_pk=advance.pk, refusal="l’aide d’octobre est déjà partie.", by="nathalie", on=DAY)
    page = text(anne, f"/famille/suivi/A-{advance.pk}/")
    assert "Nous ne pouvons pas verser d’avance : l’aide d’octobre est déjà partie." in page
    assert "Demandez un nouvel examen" in page


def test_without_anything_waiting_no_advance_is_offered(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    closed()
    assert "Aucune aide n’attend" in text(anne, "/famille/avance/")

    refused = anne.post("/famille/avance/")

    assert refused.status_code == 422
    assert "Nous ne pouvons pas verser d’avance" in refused.content.decode()
    assert not Advance.objects.exists()


@pytest.mark.parametrize(
    ("percent", "kept"), [("80", 80), ("49", None), ("101", None), ("x", None), ("9" * 5000, None)]
)
def test_a_larger_share_may_be_preferred_never_a_smaller_one(
    tmp_path: Path, anne: Client, percent: str, kept: int | None
) -> None:
    received(tmp_path, moved_away)
    closed()
    anne.post("/famille/avance/")
    Advance.objects.update(state="PAID")
    address = f"/famille/suivi/A-{Advance.objects.get().pk}/"
    assert "Rendre cette avance plus vite" in text(anne, address)

    anne.post(f"{address}part/", {"percent": percent})

    assert Advance.objects.get().share_percent == kept


def test_a_refund_is_asked_once_for_a_month_that_was_debited(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, debited_home)
    assert "Rien n’a été prélevé" in text(anne, "/famille/remboursement/")
    issued(tmp_path / "out")

    first = anne.post("/famille/remboursement/", {"month": "2026-10", "words": "trop"})
    second = anne.post("/famille/remboursement/", {"month": "2026-10"})

    found = Refund.objects.get()
    assert first["Location"] == f"/famille/suivi/R-{found.pk}/?recu=1"
    assert second["Location"] == f"/famille/suivi/R-{found.pk}/?deja=1"
    assert "arrive sur votre compte avant le lundi 2 novembre 2026" in text(anne, second["Location"])
    assert anne.post("/famille/remboursement/", {"month": "2026-09"}).status_code == 422


URGENT = {
    "words": "Je ne peux pas payer vendredi",
    "months_unpaid": "2",
    "missing": "461,53",
    "pay": "1 200",
    "bank": "1",
}


def test_the_board_reads_her_words_and_exact_cents_once(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)

    first, second = anne.post("/famille/urgence/", URGENT), anne.post("/famille/urgence/", URGENT)

    case = BoardCase.objects.get()
    assert (case.missing_cents, case.net_pay_cents, case.months_unpaid) == (46_153, 120_000, 2)
    assert (case.has_banking_incident, case.is_pay_threatened) == (True, False)
    assert first["Location"] == f"/famille/suivi/U-{case.pk}/?recu=1"
    assert second["Location"] == f"/famille/suivi/U-{case.pk}/?deja=1"
    assert "avant le mercredi 28 octobre 2026" in text(anne, first["Location"])


@pytest.mark.parametrize("wrong", [
    {"words": " "}, {"missing": "beaucoup"}, {"pay": ""}, {"months_unpaid": "-1"}, {"months_unpaid": "9" * 5000},
    {"missing": "1.234"},
])  # fmt: skip
def test_the_board_says_what_to_write_and_keeps_nothing(tmp_path: Path, anne: Client, wrong: dict) -> None:
    received(tmp_path)

    answer = anne.post("/famille/urgence/", URGENT | wrong)

    assert answer.status_code == 422
    assert not BoardCase.objects.exists()


def excess(notified: date | None) -> Overpayment:
    return Overpayment.objects.create(
        employer_no="E1", care_month=MONTH, paid_cents=46_882, due_cents=37_400, amount_cents=9_482, origin="AGENCY",
        cause="essai", opened_on=DAY, notified_on=notified,
    )  # fmt: skip


def test_a_sum_in_excess_is_shown_from_its_letter_on_and_may_be_contested(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    found = excess(None)
    address = f"/famille/suivi/T-{found.pk}/"
    assert anne.get(address).status_code == 404
    overpayments.notify_overpayment(overpayment_pk=found.pk, by="thomas", on=DAY)
    page = text(anne, address)
    assert "Nous vous avons versé 94,82 € de trop : octobre 2026, 468,82 € versés, 374,00 € dus." in page
    assert "Vous avez jusqu’au dimanche 15 novembre 2026" in page

    for _time in range(2):
        anne.post(f"{address}contester/", {"words": "<i>faux</i>"})

    found.refresh_from_db()
    assert (found.state, found.contest_words) == ("CONTESTED", "<i>faux</i>")
    assert "<i>faux" not in text(anne, address)


def test_nothing_of_another_family_is_ever_reached(tmp_path: Path, anne: Client, stranger: Client) -> None:
    received(tmp_path, moved_away)
    closed()
    tell(anne)
    anne.post("/famille/avance/")
    anne.post("/famille/urgence/", URGENT)
    numbers = [
        Report.objects.get().number, f"A-{Advance.objects.get().pk}", f"U-{BoardCase.objects.get().pk}",
        f"T-{excess(DAY).pk}", "26-0", "A-99999999999999", "A-x", "Z-1", "A-",
    ]  # fmt: skip
    for number in numbers:
        for path in ("", "rouvrir/", "part/", "contester/"):
            address = f"/famille/suivi/{number}/{path}"
            answer = stranger.post(address, {"percent": "80", "words": "x"}) if path else stranger.get(address)
            assert answer.status_code == 404, address
    assert stranger.get("/famille/mois/2026-10/").status_code == 404
    assert Report.objects.get().number not in text(stranger, "/famille/suivi/")
