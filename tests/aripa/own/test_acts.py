"""Each act of a parent: the fact it becomes, kept with its origin and heard by the next day; sent twice, one receipt."""

import time
from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aripa.models import Case, Event, Movement, Notice, Parent, ParentAct, Term
from portal.casework.models import Attachment
from portal.exchange.models import FileOrigin, ReceivedFile
from portal.ledger.proof import check_ledger
from portal.people.vault import reveal_many
from tests.aripa.own.cases import besson, client_of, events_of, faure, live
from tests.aripa.rows import day, event_row
from tests.cmg.files import iban_with_key

pytestmark = pytest.mark.django_db
TOMORROW = date(2026, 10, 27)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32


def sent(client: Client, path: str, **typed: object) -> str:
    """Send a form; the words of its receipt."""
    answer = client.post(f"/famille/pension/{path}", {"key": uuid4()} | typed, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:3000]
    return str(answer.content.decode())


def refused(client: Client, path: str, **typed: object) -> str:
    before = (Event.objects.count(), ParentAct.objects.count())
    answer = client.post(f"/famille/pension/{path}", {"key": uuid4()} | typed)
    assert answer.status_code == 422
    assert (Event.objects.count(), ParentAct.objects.count()) == before
    return str(answer.content.decode())


def test_a_request_to_end_is_kept_like_a_file_and_heard_the_next_day(sandra: Client) -> None:
    words = sent(sandra, "fin/FAURE-1/")

    assert "Votre demande de fin est reçue." in words
    assert "Ce qui va se passer" in words
    assert events_of("FAURE-1") == [("END_REQUEST", "DEBTOR", None)]
    file = ReceivedFile.objects.get(pk=Event.objects.get(kind="END_REQUEST").file_id)
    assert (file.origin, file.kind, file.sender, file.rows_applied) == (FileOrigin.FAMILY, "parent-act", "parent", 1)
    assert Case.objects.get(pk="FAURE-1").state == "LIVE"
    live(TOMORROW)
    assert Case.objects.get(pk="FAURE-1").state == "ENDING_CONSENT_PENDING"
    assert Notice.objects.filter(code="L13", to="CREDITOR", day=TOMORROW).exists()


@pytest.mark.parametrize(("answer", "kind", "state"), [("oui", "END_CONSENT", "LIVE"), ("non", "END_REFUSAL", "LIVE")])
def test_the_other_parent_answers_the_end(
    sandra: Client, julien: Client, settings, answer: str, kind: str, state: str
) -> None:  # type: ignore[no-untyped-def]
    sent(sandra, "fin/FAURE-1/")
    live(TOMORROW)
    settings.PORTAL_DAY = TOMORROW

    assert "L’autre parent demande la fin" in julien.get("/famille/pension/").content.decode()
    sent(julien, "fin/FAURE-1/", answer=answer)

    assert events_of("FAURE-1")[1:] == [(kind, "CREDITOR", None)]
    live(date(2026, 10, 28))
    ended = Case.objects.get(pk="FAURE-1").end_date
    assert ended == (date(2026, 11, 1) if answer == "oui" else None)


def test_one_does_not_answer_one_s_own_request(sandra: Client) -> None:
    sent(sandra, "fin/FAURE-1/")
    live(TOMORROW)

    refused(sandra, "fin/FAURE-1/", answer="oui")


def test_sent_twice_is_received_once(sandra: Client) -> None:
    key = uuid4()
    first = sent(sandra, "fin/FAURE-1/", key=key)
    again = sent(sandra, "fin/FAURE-1/", key=key)
    reloaded = sent(sandra, "fin/FAURE-1/")

    assert len(events_of("FAURE-1")) == 1
    assert "Rien n’a été fait deux fois" not in first
    assert "Rien n’a été fait deux fois" in again
    assert "Rien n’a été fait deux fois" in reloaded


def test_the_key_of_another_parent_gives_nothing_of_theirs(sandra: Client, julien: Client) -> None:
    key = uuid4()
    sent(sandra, "fin/FAURE-1/", key=key)

    assert julien.get(f"/famille/pension/recu/{key}/").status_code == 404
    answer = julien.post("/famille/pension/rendre/FAURE-1/", {"key": key, "how": "deduire"})
    assert answer.status_code == 422
    assert "demande de fin" not in answer.content.decode()


@pytest.mark.parametrize("path", [
    "dossier", "releve", "telecharger", "fin", "deja-paye", "difficulte", "plan", "mainlevee", "confirmer", "rendre",
    "arriere", "repondre", "montant/2026-10",
])  # fmt: skip
def test_the_case_of_others_is_not_there(sandra: Client, path: str) -> None:
    for case in ("BESSON-1", "NOBODY"):
        assert sandra.get(f"/famille/pension/{path}/{case}/").status_code == 404
        assert sandra.post(f"/famille/pension/{path}/{case}/", {"key": uuid4()}).status_code in (404, 405)


@pytest.mark.parametrize("path", ["deja-paye", "difficulte", "plan", "mainlevee"])
def test_what_the_parent_who_pays_does_is_not_there_for_the_other(julien: Client, path: str) -> None:
    assert julien.get(f"/famille/pension/{path}/FAURE-1/").status_code == 404


@pytest.mark.parametrize("path", ["confirmer", "rendre", "arriere"])
def test_what_the_parent_who_receives_does_is_not_there_for_the_other(sandra: Client, path: str) -> None:
    assert sandra.get(f"/famille/pension/{path}/FAURE-1/").status_code == 404


def test_already_paid_stops_recovery_and_the_other_parent_confirms_in_one_tap(sandra: Client, julien: Client) -> None:
    words = sent(
        sandra, "deja-paye/FAURE-1/", month="2026-10", cents="250,00", paid_on="2026-10-14", to="parent",
        proof=SimpleUploadedFile("releve.png", PNG),
    )  # fmt: skip

    assert "250,00" in words
    assert "Aucun recouvrement" in words
    assert events_of("FAURE-1") == [("COMPLAINT", None, None)]
    paper = Attachment.objects.get()
    assert (paper.subject, paper.content_type) == ("aripa:FAURE-1:DEBTOR", "image/png")
    assert "Avez-vous reçu 250,00" in julien.get("/famille/pension/").content.decode()
    asked = ParentAct.objects.get()
    sent(julien, "confirmer/FAURE-1/", answer="oui", about=asked.pk)
    confirmed = ParentAct.objects.get(kind="CONFIRMED")
    assert confirmed.facts == {"about": asked.pk, "month": "2026-10-01", "cents": 25000, "settled": True}
    assert confirmed.answer_by is None
    assert events_of("FAURE-1") == [
        ("COMPLAINT", None, None), ("PAID_BETWEEN_PARENTS", None, 25000), ("COMPLAINT_CLOSED", None, None),
    ]  # fmt: skip
    asked.refresh_from_db()
    assert (asked.answer, asked.answered_on) == ("CONFIRMED", date(2026, 10, 26))
    hers, his = (one.get("/famille/pension/").content.decode() for one in (sandra, julien))
    assert "Avez-vous reçu" not in his
    assert "Vous avez confirmé avoir reçu 250,00\xa0€ pour octobre 2026." in his
    assert "il doit payer avant" not in his
    assert "L’autre parent confirme avoir reçu 250,00\xa0€ pour octobre 2026." in hers
    assert "Payer 250,00" not in hers, "nobody is asked to pay a second time what the other has confirmed"
    assert "Réponse avant le" not in hers
    receipt = sandra.get(f"/famille/pension/recu/{asked.key}/").content.decode()
    assert "l’autre parent l’a confirmé" in receipt
    assert "vous répond avant" not in receipt

    live(TOMORROW)
    assert "Vous avez confirmé avoir reçu" not in julien.get("/famille/pension/").content.decode()
    assert "reçus directement de l’autre parent" in julien.get("/famille/pension/").content.decode()
    assert "payés directement à l’autre parent" in sandra.get("/famille/pension/").content.decode()
    live(date(2026, 11, 20))
    case, moved = Case.objects.get(pk="FAURE-1"), Movement.objects.filter(case_id="FAURE-1", month=date(2026, 10, 1))
    assert (case.state, case.overpaid_cents) == ("LIVE", 250_00)
    assert list(moved.order_by("number").values_list("kind", "amount_cents")) == [
        ("DEBIT", 25000), ("PAYOUT", 25000), ("OVERPAYMENT", 25000), ("DEBIT_RETURN", 25000), ("BETWEEN", 25000),
    ]  # fmt: skip
    assert check_ledger() == []


def test_a_yes_without_a_proof_waits_for_a_person(sandra: Client, julien: Client) -> None:
    sent(sandra, "deja-paye/FAURE-1/", month="2026-10", cents="250", paid_on="2026-10-14", to="parent")
    sent(julien, "confirmer/FAURE-1/", answer="oui", about=ParentAct.objects.get().pk)

    assert events_of("FAURE-1") == [("COMPLAINT", None, None)]
    assert [one.answer_by for one in ParentAct.objects.all()] == [date(2026, 11, 2)] * 2


def test_a_protected_parent_s_yes_waits_for_a_person_whatever_the_proof(marc: Client, laure: Client) -> None:
    sent(marc, "deja-paye/BESSON-1/", month="2026-09", cents="49,22", paid_on="2026-10-14", to="parent",
         proof=SimpleUploadedFile("releve.png", PNG))  # fmt: skip
    sent(laure, "confirmer/BESSON-1/", answer="oui", about=ParentAct.objects.get().pk)

    assert [kind for kind, _party, _cents in events_of("BESSON-1")] == ["COMPLAINT"]


def test_asf_is_claimed_once_by_a_parent_who_lives_alone(julien: Client) -> None:
    assert "Demander l’ASF" in julien.get("/famille/pension/").content.decode()
    assert "Vivre en couple y met fin" in refused(julien, "asf/FAURE-1/", alone="non")

    words = sent(julien, "asf/FAURE-1/", alone="oui")

    assert "Votre demande d’ASF est reçue" in words
    assert events_of("FAURE-1") == [("ASF_CLAIM", None, None)]
    live(TOMORROW)
    assert "Demander l’ASF" not in julien.get("/famille/pension/").content.decode()


def test_a_known_couple_is_looked_at_by_a_person(julien: Client) -> None:
    event_row("2026-01-05", "LONE_PARENT", "FAURE-1", reason="COUPLE", effective_on="2026-01-01")

    assert "Ajoutez un justificatif" in sent(julien, "asf/FAURE-1/", alone="oui")
    assert events_of("FAURE-1") == []
    assert ParentAct.objects.get().answer_by == date(2026, 11, 2)


def test_without_a_word_the_same_term_is_forced(october: None) -> None:
    live(date(2026, 11, 20))

    assert Case.objects.get(pk="FAURE-1").state == "LIVE_UNDER_FORCED_RECOVERY"


def test_paid_to_the_service_asks_nothing_of_the_other_parent(sandra: Client, julien: Client) -> None:
    sent(sandra, "deja-paye/FAURE-1/", month="2026-10", cents="250", paid_on="2026-10-14", to="service")

    assert "dit vous avoir payé" not in julien.get("/famille/pension/").content.decode()


def test_a_wrong_form_says_everything_at_once_and_keeps_what_was_typed(sandra: Client) -> None:
    words = refused(sandra, "deja-paye/FAURE-1/", month="2026-09", cents="beaucoup", paid_on="2026-10-27", to="")

    for told in ("Choisissez le mois", "par exemple 250,00", "pas encore passée", "à qui vous avez payé"):
        assert told in words
    assert 'value="beaucoup"' in words


def test_a_hardship_has_a_day_for_its_answer_and_changes_nothing_else(sandra: Client) -> None:
    words = sent(sandra, "difficulte/FAURE-1/", offer="100", words="Je suis en arrêt <b>")

    act = ParentAct.objects.get()
    assert (act.kind, act.facts["offer"], act.answer_by, act.events) == ("HARDSHIP", 10000, date(2026, 11, 2), [])
    assert "lundi 2 novembre 2026" in words


def test_an_overpayment_is_deducted_only_after_the_written_agreement(julien: Client) -> None:
    assert "Choisissez comment rendre" in refused(julien, "rendre/FAURE-1/", how="")

    sent(julien, "rendre/FAURE-1/", how="deduire")

    assert events_of("FAURE-1") == [("OFFSET_CONSENT", None, None)]
    event_row("2026-10-28", "PAYMENT_RECEIVED", "FAURE-1", means="TRANSFER", amount_cents=250_00)
    live(date(2026, 10, 30))
    assert Case.objects.get(pk="FAURE-1").overpaid_cents == 0


def test_without_agreement_nothing_is_taken(julien: Client) -> None:
    sent(julien, "rendre/FAURE-1/", how="rendre")
    event_row("2026-10-28", "PAYMENT_RECEIVED", "FAURE-1", means="TRANSFER", amount_cents=250_00)
    live(date(2026, 10, 30))

    assert Case.objects.get(pk="FAURE-1").overpaid_cents == 250_00


def test_past_months_are_asked_for_and_a_plan_is_offered(settings, db: None) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DAY = day("2026-02-02")
    faure("C1", effective_on=day("2025-09-01"))
    live(day("2026-02-02"))
    hers, his = client_of("hers", "P-C1"), client_of("his", "D-C1")

    too_much = refused(hers, "arriere/C1/", **{"m-2025-09-K-C1": "250,01"})
    assert "dépasse la pension" in too_much
    refused(hers, "arriere/C1/")
    sent(hers, "arriere/C1/", **{"m-2025-09-K-C1": "250", "m-2025-11-K-C1": "100,5"})
    live(day("2026-02-03"))
    settings.PORTAL_DAY = day("2026-02-03")

    owed = Term.objects.filter(is_arrears=True).order_by("month")
    assert [(one.month, one.due_cents) for one in owed] == [(day("2025-09-01"), 250_00), (day("2025-11-01"), 100_50)]
    assert "trop petit" in refused(his, "plan/C1/", monthly="49,99")
    words = sent(his, "plan/C1/", monthly="50")
    assert "50,00" in words
    assert events_of("C1")[2:] == [("PLAN_ACCEPTED", None, 5000)]
    live(day("2026-02-04"))
    assert Notice.objects.filter(code="L10").count() == 2


def test_a_new_account_asks_for_the_second_factor_then_becomes_the_parent_s_row(sandra: Client) -> None:
    iban = iban_with_key("77")
    assert "rien n’a été changé" in refused(sandra, "compte/", iban=iban, holder="Sandra Meunier", mandate="1")

    _fresh(sandra)
    assert "Cochez la case" in refused(sandra, "compte/", iban=iban, holder="Sandra Meunier")
    assert "la clé de l’IBAN" in refused(sandra, "compte/", iban=iban[:-1] + ("1" if iban[-1] != "1" else "2"),
                                         holder="Sandra Meunier", mandate="1")  # fmt: skip
    words = sent(sandra, "compte/", iban=iban, holder="Sandra Meunier", mandate="1")

    row = Parent.objects.get(parent_no="D-FAURE-1", updated_on=date(2026, 10, 26))
    assert f"finissant par {iban[-4:]}" in words
    assert (row.iban_tail, row.mandate_signed_on, row.birth_name) == (iban[-4:], date(2026, 10, 26), "Meunier")
    assert row.mandate_ref is not None
    assert row.mandate_ref.startswith("SNP-")
    assert list(reveal_many([row.iban_key]).values()) == [iban]
    assert events_of("FAURE-1") == [("BANK_DETAILS", "DEBTOR", None)]
    assert iban not in str(ParentAct.objects.get().facts)


def _fresh(client: Client) -> None:
    session = client.session
    session["factor_at"] = time.time()
    session.save()


def test_who_receives_signs_no_mandate(julien: Client) -> None:
    _fresh(julien)
    page = julien.get("/famille/pension/compte/").content.decode()
    sent(julien, "compte/", iban=iban_with_key("78"), holder="Julien Faure")

    assert "mandat de prélèvement SEPA" not in page
    assert events_of("FAURE-1") == [("BANK_DETAILS", "CREDITOR", None)]
    assert Parent.objects.get(parent_no="P-FAURE-1", updated_on=date(2026, 10, 26)).mandate_ref == "M-P-FAURE-1"


def test_another_means_counts_from_the_next_term(sandra: Client) -> None:
    assert "Choisissez un moyen" in refused(sandra, "paiement/", means="CARD", day="10")
    assert "Choisissez un moyen" in refused(sandra, "paiement/", means="TRANSFER", day="5")

    sent(sandra, "paiement/", means="TRANSFER", day="15")
    live(date(2026, 11, 12))

    november = Term.objects.get(case_id="FAURE-1", month=date(2026, 11, 1))
    assert (november.status, november.to_creditor_cents) == ("SCHEDULED", 0)


def test_the_same_day_twice_keeps_the_last_choice(sandra: Client) -> None:
    sent(sandra, "paiement/", means="TRANSFER", day="15")
    sent(sandra, "paiement/", means="CHEQUE", day="1")

    current = Parent.objects.get(parent_no="D-FAURE-1", updated_on=date(2026, 10, 26), known_until=None)
    assert (current.payment_means, current.payment_day) == ("CHEQUE", 1)


def test_the_opening_letter_is_answered_once_nothing_is_missing(settings, db: None) -> None:  # type: ignore[no-untyped-def]
    from tests.aripa.rows import parent_row, title_row

    settings.PORTAL_DAY = day("2025-12-03")
    parent_row("P-C1")
    parent_row("D-C1", payment_means="", mandate_ref=None, mandate_signed_on=None, iban_key=None, iban_valid=False)
    title_row("C1")
    live(day("2025-12-03"))
    hers, his = client_of("hers", "P-C1"), client_of("his", "D-C1")

    assert "Nous attendons votre réponse" in his.get("/famille/pension/").content.decode()
    assert "Il manque encore" in refused(his, "repondre/C1/")
    sent(his, "paiement/", means="DIRECT_DEBIT", day="10")
    _fresh(his)
    sent(his, "compte/", iban=iban_with_key("79"), holder="Paul Durand", mandate="1")
    sent(his, "repondre/C1/")
    sent(hers, "repondre/C1/")
    live(day("2025-12-04"))

    assert Case.objects.get(pk="C1").state == "LIVE"
    assert [one[0] for one in events_of("C1")] == ["BANK_DETAILS", "INFORMATION", "INFORMATION"]


def test_release_is_offered_under_recovery_only(sandra: Client, marc: Client) -> None:
    refused(sandra, "mainlevee/FAURE-1/")
    sent(marc, "mainlevee/BESSON-1/")

    assert events_of("BESSON-1") == [("RELEASE_REQUEST", None, None)]


def test_the_statement_is_the_export_s_and_says_nothing_in_its_name(julien: Client, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from aripa.exports import export_aripa

    export_aripa(tmp_path)
    answer = julien.get("/famille/pension/telecharger/FAURE-1/")

    assert answer.content == (tmp_path / "statements" / "CREDITOR" / "FAURE-1.csv").read_bytes()
    assert answer["Content-Disposition"] == 'attachment; filename="releve.csv"'


def test_an_amount_opens_its_calculation(sandra: Client) -> None:
    page = sandra.get("/famille/pension/montant/2026-10/FAURE-1/").content.decode()
    assert "Montant du titre pour Lina" in page
    assert page.count("250,00\u00a0€") == 4
    assert sandra.get("/famille/pension/montant/2024-10/FAURE-1/").status_code == 404
    assert sandra.get("/famille/pension/montant/x/FAURE-1/").status_code == 404


@pytest.mark.parametrize(("on", "told"), [
    ("2025-12-12", "Jusqu’au samedi 10 janvier 2026, payez encore directement l’autre parent."),
    ("2026-01-10", "Ne payez pas l’autre parent directement"),
])  # fmt: skip
def test_whom_to_pay_before_and_from_the_first_term(settings, db: None, on: str, told: str) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DAY = day(on)
    faure("C1")
    live(day(on))

    assert told in client_of("his", "D-C1").get("/famille/pension/").content.decode()


def test_after_the_end_the_service_takes_only_what_is_left(sandra: Client, settings) -> None:  # type: ignore[no-untyped-def]
    event_row("2026-10-26", "END_REQUEST", "FAURE-1", party="BOTH")
    settings.PORTAL_DAY = date(2026, 11, 2)
    live(date(2026, 11, 2))

    page = sandra.get("/famille/pension/").content.decode()
    assert "L’intermédiation est finie depuis le" in page
    assert "La pension de chaque mois se paie directement à l’autre parent." in page
    assert "Ne payez pas" not in page


def test_part_of_a_month_confirmed_leaves_the_rest_to_pay(sandra: Client, julien: Client) -> None:
    proof = SimpleUploadedFile("releve.png", PNG)
    sent(sandra, "deja-paye/FAURE-1/", month="2026-10", cents="100,00", paid_on="2026-10-14", to="parent", proof=proof)
    sent(julien, "confirmer/FAURE-1/", answer="oui", about=ParentAct.objects.get().pk)

    page = sandra.get("/famille/pension/").content.decode()

    assert "L’autre parent confirme avoir reçu 100,00\xa0€ pour octobre 2026." in page
    assert "provision insuffisante" in page
    assert "J’ai déjà payé" in page


def test_who_is_paid_for_by_a_third_party_is_not_asked_to_pay_the_same_month_again(db: None) -> None:
    besson()
    for on in ("2026-02-20", "2026-03-20"):
        event_row(on, "NOTICE_RECEIVED", "BESSON-1", letter="L08", party="DEBTOR", effective_on=on)
    event_row("2026-04-10", "RECOVERY_DECISION", "BESSON-1", reason="DIRECT_PAYMENT", ref="EMP9", amount_cents=1600_00)
    live(date(2026, 4, 12))
    marc = client_of("marc", "D-BESSON-1")
    assert "Un tiers paie pour vous" not in marc.get("/famille/pension/").content.decode(), "asked is not accepted"

    event_row("2026-04-15", "GARNISHEE_ANSWER", "BESSON-1", ref="EMP9", reason="ACCEPTED")
    live(date(2026, 4, 16))
    page = marc.get("/famille/pension/").content.decode()

    assert "Un tiers paie pour vous" in page
    assert "250,00\xa0€ de pension chaque mois, et" in page
    assert "que le tiers nous verse pour vous le dimanche 10 mai 2026" in page
    assert "EMP9" not in page
