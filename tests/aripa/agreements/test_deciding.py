"""The fund: points verified, papers asked for, the title signed by another person, the refusal, and four months of silence."""

import threading
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client

from aripa.agreements import deciding, titles
from aripa.agreements.letters import letter_to
from aripa.models import Agreement, AgreementAsk, Case, Parent, Title
from aripa.operations import run_days
from aripa.own.entering import NotPossible
from aripa.tasks import end_agreement_delays
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from portal.exchange.models import FileOrigin, ReceivedFile
from portal.letters.models import LetterJob
from portal.letters.operations import read_pdf, write_letters
from tests.aripa.agents import agent, client_of, text_of
from tests.aripa.agreements import pairs
from tests.aripa.agreements.pairs import BASE, DAY, factor, filed, page_of, the_one
from tests.aripa.rows import title_row

pytestmark = pytest.mark.django_db
AGENTS = "/agent/pensions/accords"
PARIS = ZoneInfo("Europe/Paris")
AT = datetime(2026, 11, 3, 9, tzinfo=PARIS)
SIGNED = date(2026, 11, 3)
ALL = dict.fromkeys(deciding.ITEMS, "oui")


def verified(by: User) -> Agreement:
    return deciding.check(agreement_pk=the_one().pk, verdicts=ALL, by=by, at=AT)


def accepted(awa: User, helene: User, on: date = SIGNED) -> Agreement:
    verified(awa)
    return deciding.accept(agreement_pk=the_one().pk, by=helene, on=on, at=AT)


# ---- acceptance ---------------------------------------------------------------------------------------------------


def test_the_title_enters_like_a_received_one(request_at_fund: Agreement, awa: User, helene: User) -> None:
    one = accepted(awa, helene)

    rows = list(Title.objects.order_by("child_id"))
    assert [(row.child_first_name, row.cash_share_cents) for row in rows] == [
        ("Jade Gaillard", 180_00), ("Louis Gaillard", 177_00),
    ]  # fmt: skip
    title = rows[0]
    assert (title.kind, title.title_date, title.enforceable_on, title.effective_on, title.received_on, title.sender) == (
        "CAF_ENFORCEABLE_AGREEMENT", SIGNED, SIGNED, SIGNED, SIGNED, "FUND",
    )  # fmt: skip
    assert (title.indexation, title.index_series, title.refused_by_both) == ("NONE_MENTIONED", "ALL_HOUSEHOLDS", False)
    assert "63" not in (title.issuer or "")
    creditor = Parent.objects.get(parent_no=title.creditor_no)
    assert (creditor.birth_name, creditor.fund, creditor.city) == ("CHEVALIER", "CAF63", "Clermont-Ferrand")
    assert ReceivedFile.objects.get(pk=title.file_id).origin == FileOrigin.AGENT
    assert (one.state, one.case_no, one.decided_by) == ("ACCEPTED", title.case_no, helene)


def test_intermediation_starts_the_same_day(request_at_fund: Agreement, awa: User, helene: User) -> None:
    one = accepted(awa, helene)
    run_days(until=SIGNED)

    case = Case.objects.get(pk=one.case_no)
    assert (case.state, case.origin, case.received_on, case.fund) == (
        "INFO_REQUESTED",
        "TITLE_AUTOMATIC",
        SIGNED,
        "CAF63",
    )
    assert set(LetterJob.objects.filter(kind="aripa.L01").values_list("subject", flat=True)) == {
        f"aripa:{one.case_no}:CREDITOR", f"aripa:{one.case_no}:DEBTOR",
    }  # fmt: skip


def test_both_may_refuse_intermediation_in_the_text(amelie: Client, romain: Client, awa: User, helene: User) -> None:
    pairs.both_ready(amelie, romain)
    pairs.fill(amelie, "prix", {"index": "URBAN_WORKERS", "way": "DIRECT"})
    pairs.sign(amelie)
    pairs.sign(romain)
    one = accepted(awa, helene)
    run_days(until=SIGNED)

    assert set(Title.objects.values_list("refused_by_both", "indexation", "index_series")) == {
        (True, "CLAUSE", "URBAN_WORKERS")
    }
    assert Case.objects.get(pk=one.case_no).state == "REJECTED"


def test_three_originals_each_to_its_reader(
    request_at_fund: Agreement, awa: User, helene: User, amelie: Client, romain: Client
) -> None:  # fmt: skip
    one = accepted(awa, helene)
    assert write_letters() == 3

    assert {job.subject.rpartition(":")[2] for job in LetterJob.objects.filter(kind="aripa.L24")} == {
        "CREDITOR", "DEBTOR", "FUND",
    }  # fmt: skip
    for client in (amelie, romain):
        answer = client.get(f"{BASE}/{one.key}/reponse/")
        assert answer.content.startswith(b"%PDF-")
        assert answer["Content-Disposition"].startswith('attachment; filename="courrier-')
    letter = letter_to(one, "DEBTOR")
    assert letter is not None
    assert read_pdf(letter).startswith(b"%PDF-")


def words_to(one: Agreement, to: str) -> str:
    from portal.people.vault import decrypt

    letter = letter_to(one, to)
    assert letter is not None
    return decrypt(letter.text).decode().replace("\u00a0", " ")


def test_the_title_holds_what_the_law_wants_and_no_home_of_the_other(
    request_at_fund: Agreement, awa: User, helene: User
) -> None:
    one = accepted(awa, helene)
    write_letters()

    hers, his = words_to(one, "CREDITOR"), words_to(one, "DEBTOR")
    for told in ("Amélie CHEVALIER, naissance le 11/02/1992", "Romain GAILLARD", "Jade Gaillard", "180,00 €", "177,00 €",
                 "R. 582-7", "mardi 3 novembre 2026", "Helene Test, par délégation de la direction", "nul si une pension",
                 "Une décision de justice plus récente", "Annexe : la demande des deux parents", "18 000,00 €",
                 "un week-end sur deux", "Signatures", "L. 111-3"):  # fmt: skip
        assert told in hers, told
        assert told in his, told
    assert "4 rue de la Treille" in hers
    assert not [word for word in ("Treille", "63000", "Clermont", "Puy-de-Dôme", "CAF63") if word in his]
    assert not [word for word in ("avenue de Paris", "Aurillac") if word in hers]
    annex = [one.partition("Annexe")[2] for one in (hers, his)]
    assert annex[0] == annex[1] != ""


def test_who_verified_does_not_sign(request_at_fund: Agreement, helene: User) -> None:
    verified(helene)

    with pytest.raises(NotPossible, match="une autre personne la signe"):
        deciding.accept(agreement_pk=request_at_fund.pk, by=helene, on=SIGNED, at=AT)
    with pytest.raises(NotPossible, match="une autre personne la signe"):
        deciding.refuse(agreement_pk=request_at_fund.pk, reason="pièces absentes", by=helene, on=SIGNED, at=AT)
    assert not Title.objects.exists()


@pytest.mark.parametrize("missing", list(deciding.ITEMS))
def test_every_point_is_verified_before_the_signature(
    request_at_fund: Agreement, awa: User, helene: User, missing: str
) -> None:
    for said in ("", "non", "peut-être"):
        deciding.check(agreement_pk=request_at_fund.pk, verdicts=ALL | {missing: said}, by=awa, at=AT)
        with pytest.raises(NotPossible, match="À vérifier"):
            deciding.accept(agreement_pk=request_at_fund.pk, by=helene, on=SIGNED, at=AT)
    assert the_one().state == "FILED"


def test_the_threshold_is_that_of_the_day(request_at_fund: Agreement, awa: User, helene: User) -> None:
    verified(awa)
    Agreement.objects.update(shared=request_at_fund.shared | {"amount_2": "176,99"})

    with pytest.raises(NotPossible, match="seuil du jour"):
        deciding.accept(agreement_pk=request_at_fund.pk, by=helene, on=SIGNED, at=AT)


def test_a_title_known_since_bars_another(
    request_at_fund: Agreement, awa: User, helene: User, monkeypatch: Any
) -> None:
    verified(awa)
    title_row("OLD", creditor_no="P-1", debtor_no="D-1")
    monkeypatch.setattr(
        "aripa.agreements.seats.parent_of", lambda user, _day: {"amelie": "P-1", "romain": "D-1"}[user.username]
    )

    with pytest.raises(NotPossible, match="T-OLD fixe déjà"):
        deciding.accept(agreement_pk=request_at_fund.pk, by=helene, on=SIGNED, at=AT)
    deciding.end_delays(on=date(2027, 2, 27), at=AT)
    assert (the_one().state, the_one().reason) == ("REFUSED", deciding.ALREADY_FIXED)


def test_a_bond_without_title_keeps_its_case(
    request_at_fund: Agreement, awa: User, helene: User, monkeypatch: Any
) -> None:
    title_row("ASF-1", creditor_no="P-1", debtor_no="D-1", kind="NONE")
    monkeypatch.setattr(
        titles, "own_number", lambda user, *_rest, **_more: {"amelie": "P-1", "romain": "D-1"}[user.username]
    )

    assert accepted(awa, helene).case_no == "ASF-1"


def test_decided_twice_is_decided_once(request_at_fund: Agreement, awa: User, helene: User) -> None:
    accepted(awa, helene)

    with pytest.raises(NotPossible, match="a déjà sa réponse"):
        deciding.accept(agreement_pk=request_at_fund.pk, by=helene, on=SIGNED, at=AT)
    assert (Title.objects.count(), LetterJob.objects.count()) == (2, 3)


def test_a_title_that_cannot_be_entered_leaves_nothing(
    request_at_fund: Agreement, awa: User, helene: User, monkeypatch: Any
) -> None:
    """Killed after the title, before the letters: neither."""
    verified(awa)

    def killed(*_args: object, **_more: object) -> None:
        raise SystemExit

    monkeypatch.setattr(deciding, "ask_titles", killed)
    with pytest.raises(SystemExit):
        deciding.accept(agreement_pk=request_at_fund.pk, by=helene, on=SIGNED, at=AT)

    assert (the_one().state, Title.objects.count(), Parent.objects.count(), LetterJob.objects.count()) == (
        "FILED",
        0,
        0,
        0,
    )


# ---- refusal and papers -------------------------------------------------------------------------------------------


def test_a_refusal_tells_both_why_and_where_to_go(
    request_at_fund: Agreement, awa: User, helene: User, amelie: Client, romain: Client
) -> None:  # fmt: skip
    reason = "L’avis d’impôt du parent qui paie n’a pas été envoyé."
    deciding.refuse(agreement_pk=request_at_fund.pk, reason=reason, by=helene, on=SIGNED, at=AT)
    assert write_letters() == 2

    for client, to in ((amelie, "CREDITOR"), (romain, "DEBTOR")):
        assert reason in page_of(client)
        told = words_to(the_one(), to)
        assert reason in told
        assert "Chaque parent, seul ou avec l’autre, peut demander au juge aux affaires familiales" in told
        assert "n’a pas d’autre recours" in told
        assert "commission de recours amiable" not in told
    assert not Title.objects.exists()


def test_a_refusal_without_a_reason_is_none(request_at_fund: Agreement, helene: User) -> None:
    with pytest.raises(NotPossible, match="Dites la raison"):
        deciding.refuse(agreement_pk=request_at_fund.pk, reason="  non ", by=helene, on=SIGNED, at=AT)


def test_papers_are_asked_of_one_parent_with_a_day_and_an_upload_answers(
    request_at_fund: Agreement, awa: User, amelie: Client, romain: Client
) -> None:  # fmt: skip
    desk = client_of(awa)
    sent = {
        "key": str(uuid4()),
        "party": "DEBTOR",
        "text": "L’avis d’impôt 2025, toutes les pages",
        "wanted_by": "2026-11-10",
    }
    desk.post(f"{AGENTS}/{request_at_fund.pk}/demander/", sent)
    desk.post(f"{AGENTS}/{request_at_fund.pk}/demander/", sent)

    assert AgreementAsk.objects.count() == 1
    assert "À vous : la caisse demande « L’avis d’impôt 2025, toutes les pages »" in page_of(romain)
    assert "mardi 10 novembre 2026" in page_of(romain, "pieces/")
    assert "avis d’impôt 2025" not in page_of(amelie) + page_of(amelie, "pieces/")
    pairs.give_papers(romain, "resources")
    assert AgreementAsk.objects.get().answered_on == DAY
    assert the_one().answer_by == date(2027, 2, 26)


@pytest.mark.parametrize(("wanted", "is_good"), [
    ("2026-10-26", False), ("2026-10-27", True), ("2027-02-26", True), ("2027-02-27", False), ("demain", False),
])  # fmt: skip
def test_papers_are_wanted_after_today_and_within_the_four_months(
    request_at_fund: Agreement, awa: User, wanted: str, is_good: bool
) -> None:
    sent = {"key": str(uuid4()), "party": "CREDITOR", "text": "Le livret de famille", "wanted_by": wanted}
    client_of(awa).post(f"{AGENTS}/{request_at_fund.pk}/demander/", sent)

    assert AgreementAsk.objects.exists() is is_good


# ---- silence ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "state"), [
    (date(2027, 2, 25), "FILED"), (date(2027, 2, 26), "FILED"), (date(2027, 2, 27), "ACCEPTED"), (date(2027, 6, 1), "ACCEPTED"),
])  # fmt: skip
def test_silence_accepts_the_day_after_four_months(request_at_fund: Agreement, on: date, state: str) -> None:
    end_agreement_delays(day=on.isoformat())

    assert the_one().state == state
    assert Title.objects.count() == (2 if state == "ACCEPTED" else 0)


def test_silence_twice_is_once_and_says_so_to_all(
    request_at_fund: Agreement, amelie: Client, romain: Client, awa: User
) -> None:  # fmt: skip
    for _time in range(2):
        end_agreement_delays(day="2027-02-27")
    write_letters()

    assert (Title.objects.count(), LetterJob.objects.count()) == (2, 3)
    assert JournalEntry.objects.filter(detail__to="ACCEPTED").count() == 1
    told = words_to(the_one(), "CREDITOR")
    assert "Accepté le samedi 27 février 2027 : La direction de la caisse, par son silence de quatre mois" in told
    assert "exécutoire le jour de son acceptation" in told
    assert set(Title.objects.values_list("enforceable_on", flat=True)) == {date(2027, 2, 27)}
    assert "Le titre est exécutoire depuis le samedi 27 février 2027" in page_of(romain)
    assert "par le silence de la caisse" in text_of(client_of(awa).get(f"{AGENTS}/{the_one().pk}/"))


def test_one_that_fails_holds_up_nobody(request_at_fund: Agreement, monkeypatch: Any) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(deciding, "enter_title", broken)
    assert deciding.end_delays(on=date(2027, 2, 27), at=AT) == (0, 0)
    assert the_one().state == "FILED"
    monkeypatch.undo()
    assert deciding.end_delays(on=date(2027, 2, 28), at=AT) == (1, 0)


@pytest.mark.parametrize(("days", "state"), [(90, "SHARED"), (91, "LAPSED")])
def test_a_text_without_two_signatures_lapses(amelie: Client, romain: Client, days: int, state: str) -> None:
    pairs.both_ready(amelie, romain)
    pairs.sign(amelie)
    for _time in range(2):
        deciding.end_delays(on=DAY + timedelta(days=days), at=AT)

    assert the_one().state == state
    assert ("n’engage personne" in page_of(romain)) is (state == "LAPSED")


# ---- the agents' pages --------------------------------------------------------------------------------------------


def test_the_desk_verifies_and_the_director_signs(request_at_fund: Agreement, awa: User, helene: User) -> None:
    desk, direction = client_of(awa), client_of(helene)
    url = f"{AGENTS}/{request_at_fund.pk}/"
    assert request_at_fund.number in text_of(desk.get(f"{AGENTS}/"))
    assert "5 points à vérifier" in text_of(desk.get(f"{AGENTS}/"))
    assert "Accords entre parents à examiner (1)" in text_of(desk.get("/agent/pensions/"))
    page = text_of(desk.get(url))
    for told in ("177,00", "180,00", "suffisant", "4 rue de la Treille", "resources.png", "vendredi 26 février 2027"):
        assert told in page, told
    desk.post(url, ALL)
    assert desk.get(f"{url}decider/").status_code == 404
    assert desk.post(f"{url}decider/", {"decision": "accept"}).status_code == 404
    assert direction.post(url, ALL).status_code == 404

    stale = direction.post(f"{url}decider/", {"decision": "accept"})
    assert stale.status_code == 422
    assert the_one().state == "FILED"
    factor(direction)
    for _time in range(2):
        assert direction.post(f"{url}decider/", {"decision": "accept"}).status_code == 302
    assert (the_one().state, Title.objects.count()) == ("ACCEPTED", 2)
    write_letters()
    assert direction.get(f"{url}acte/").content.startswith(b"%PDF-")


def test_another_fund_sees_nothing(request_at_fund: Agreement) -> None:
    elsewhere = client_of(agent("mehdi", "CAF59"))

    assert request_at_fund.number not in text_of(elsewhere.get(f"{AGENTS}/"))
    assert elsewhere.get(f"{AGENTS}/{request_at_fund.pk}/").status_code == 404


def test_a_draft_is_the_parents_alone(amelie: Client, romain: Client, awa: User) -> None:
    one = pairs.both_ready(amelie, romain)

    assert client_of(awa).get(f"{AGENTS}/{one.pk}/").status_code == 404
    assert one.number not in text_of(client_of(awa).get(f"{AGENTS}/?liste=decidees"))


def test_a_paper_opens_for_the_fund_and_is_journaled(request_at_fund: Agreement, awa: User, amelie: Client) -> None:
    from portal.casework.models import Attachment

    paper = Attachment.objects.get(
        subject=f"aripa.agreement:{request_at_fund.pk}:second", about="aripa.agreement.identity"
    )
    desk = client_of(awa)

    assert desk.get(f"{AGENTS}/{request_at_fund.pk}/pieces/{paper.pk}/").status_code == 200
    assert JournalEntry.objects.filter(action="aripa.agreement.paper_read", detail__paper=paper.pk).count() == 1
    other = Attachment.objects.create(subject="x", about="y", name="z", content_type="image/png", size=1, sha256="0",
                                      content=b"", given_by="x", given_at=AT)  # fmt: skip
    assert desk.get(f"{AGENTS}/{request_at_fund.pk}/pieces/{other.pk}/").status_code == 404


def test_of_a_parent_to_protect_the_desk_sees_no_home_and_the_refusal_one_sentence(
    request_at_fund: Agreement, awa: User, helene: User, romain: Client
) -> None:
    Agreement.objects.update(first_stopped_on=DAY)
    page = text_of(client_of(awa).get(f"{AGENTS}/{request_at_fund.pk}/"))

    assert "Information protégée" in page
    assert "Treille" not in page
    verified(awa)
    with pytest.raises(NotPossible, match="Un parent est protégé"):
        deciding.accept(agreement_pk=request_at_fund.pk, by=helene, on=SIGNED, at=AT)
    deciding.refuse(agreement_pk=request_at_fund.pk, reason="elle a peur de lui", by=helene, on=SIGNED, at=AT)
    assert "peur" not in page_of(romain).partition("<main")[2].replace("dire que j’ai peur", "")
    assert the_one().reason == deciding.NEUTRAL


@pytest.mark.django_db(transaction=True)
def test_two_at_once_decide_once(amelie: Client, romain: Client, awa: User, helene: User) -> None:
    """Eight threads, the director and the silence together: one title."""
    filed(amelie, romain)
    verified(awa)
    pk = the_one().pk

    def decide(number: int) -> None:
        try:
            if number % 2:
                deciding.accept(agreement_pk=pk, by=helene, on=date(2027, 2, 27), at=AT)
            else:
                deciding.end_delays(on=date(2027, 2, 27), at=AT)
        except NotPossible:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert (the_one().state, Title.objects.count(), LetterJob.objects.count(), Parent.objects.count()) == (
        "ACCEPTED",
        2,
        3,
        2,
    )
