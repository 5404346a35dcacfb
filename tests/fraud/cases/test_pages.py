"""The pages of cases as each person meets them: what is missing in words, the letter before it leaves, no payment anywhere."""

import json
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from fraud.cases import appeals, deciding, hearing, informing, notifying, penalties, recovering, suspending
from fraud.cases.evidence import keep_evidence
from fraud.cases.letters import LETTERS, code_of
from fraud.cases.penalties import propose_penalty
from fraud.models import CaseAct, ControlCase, DeclaredLink, PaperKind, Penalty, Qualification
from fraud.rules.figures import control_parameters
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from portal.letters.kinds import kind_of
from portal.letters.models import LetterJob
from portal.letters.preview import preview_of
from portal.people.vault import decrypt
from tests.fraud.cases.test_steps import refusal
from tests.fraud.cases.world import (
    D2,
    D3,
    SUBJECT,
    appealed,
    asked_of_panel,
    at,
    bank_said,
    by,
    decided,
    heard,
    investigated,
    opened,
    people,
    proposal,
    proposed,
    qualified,
    received,
    to_decide,
)
from tests.fraud.rules.test_penalty import SCALE

pytestmark = pytest.mark.django_db
TODAY = date(2026, 8, 24)


@pytest.fixture(autouse=True)
def staff(settings: pytest.FixtureRequest) -> dict[str, User]:
    settings.PORTAL_DAY = TODAY  # type: ignore[attr-defined]
    return people()


def enter(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def url(case: ControlCase, act: str = "") -> str:
    return f"/agent/controle/dossiers/{case.number}/" + (f"{act}/" if act else "")


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_blocked_step_says_the_missing_paper_in_words_and_gives_no_button() -> None:
    case = heard()
    bank_said(case)
    page = text(enter("sylvie"), url(case))
    assert "L’avis de l’article L. 114-21 manque" in page
    assert "Banque du Centre" in page
    assert url(case, "decider") not in page
    assert url(case, "avis-114-21") in page
    hearing.send_notice(case_pk=case.pk, act=by("sylvie", D2))
    page = text(enter("sylvie"), url(case))
    assert url(case, "decider") in page
    assert JournalEntry.objects.filter(action="control.case_read", actor="sylvie").count() == 2


def test_nothing_on_any_page_pays_or_stops_a_benefit() -> None:
    case = decided().case
    client = enter("helene")
    for address in ("/agent/controle/dossiers/", url(case), "/agent/controle/penalites/"):
        page = text(client, address).lower()
        assert not any(f">{word}" in page for word in ("payer", "verser", "arrêter le paiement", "bloquer"))


def test_a_letter_is_read_before_it_leaves_and_leaves_once() -> None:
    case, client = opened(on=TODAY), enter("sylvie")
    form = {"key": str(uuid4()), "documents": "Relevés de mars\nBail"}
    shown = client.post(url(case, "information"), form | {"step": "preview"}).content.decode()
    assert "Rien n’est arrêté parce qu’une vérification commence" in shown
    assert "Relevés de mars" in shown
    assert not LetterJob.objects.exists()
    for _time in range(2):
        assert client.post(url(case, "information"), form | {"step": "send"}).status_code == 302
    assert LetterJob.objects.count() == 1
    assert CaseAct.objects.count() == 1


def test_what_is_wrong_is_said_where_it_is_and_what_was_typed_stays() -> None:
    case, client = opened(on=TODAY), enter("sylvie")
    answer = client.post(url(case, "information"), {"key": str(uuid4()), "documents": "", "step": "send"})
    assert answer.status_code == 422
    assert "Remplissez ce champ." in answer.content.decode()
    blamed = {"key": str(uuid4()), "documents": "Preuve de la fraude", "step": "send"}
    answer = client.post(url(case, "information"), blamed)
    assert answer.status_code == 422
    assert "ne s’écrit pas avant une décision" in answer.content.decode()
    assert "Preuve de la fraude" in answer.content.decode()


def test_an_act_posted_by_hand_where_it_is_not_offered_does_nothing() -> None:
    case, client = opened(on=TODAY), enter("helene")
    for slug in ("lever", "signer", "prononcer", "jugement", "plainte", "annulation"):
        for step in ("preview", "send"):
            form = {"key": str(uuid4()), "step": step, "amount": "12", "reason": "x", "kept": "0", "court": "x"}
            assert client.post(url(case, slug), form).status_code in (404, 422), slug
    far = {"key": str(uuid4()), "asked_on": "31/12/9999"}
    assert enter("sylvie").post(url(case, "copie-demandee"), far).status_code == 422
    assert not CaseAct.objects.exists()


def test_no_letter_before_a_decision_blames_anybody() -> None:
    case = heard()
    bank_said(case)
    hearing.send_notice(case_pk=case.pk, act=by("sylvie", D2))
    penalty = proposed(subject="cmg:employer:77")
    penalties.sign_notification(penalty_pk=penalty.pk, act=by("helene", D3))
    received(penalty, D3)
    for job in LetterJob.objects.all():
        words = preview_of(job.kind, json.loads(decrypt(job.facts)), dated=job.dated).lower()
        assert not any(word in words for word in ("fraud", "suspicion", "suspect", "score", "profil")), job.kind


def test_a_declared_link_closes_every_page_of_the_case(staff: dict[str, User]) -> None:
    case = decided().case
    kept = keep_evidence(
        case_pk=case.pk, reference="X", title="T", content=b"x", by="x", at=at(D3),
        provenance={"body": "B", "system": "S", "extraction_at": "D", "officer": "O"},
    )  # fmt: skip
    DeclaredLink.objects.create(user=staff["sylvie"], subject=SUBJECT, relation="RELATIVE", since=D2)
    client, paper = enter("sylvie"), case.papers.first()
    assert paper is not None
    doors = (url(case), url(case, "reponse"), f"{url(case)}courriers/{paper.pk}/", f"{url(case)}pieces/{kept.pk}/")
    for door in doors:
        answer = client.get(door)
        assert answer.status_code == 403, door
        assert "Salaires non déclarés" not in answer.content.decode()
    assert JournalEntry.objects.filter(action="control.linked_refused", actor="sylvie").count() == len(doors)
    assert not JournalEntry.objects.filter(action="control.case_read", actor="sylvie").exists()


def test_the_director_signs_what_another_proposed_and_not_what_she_did() -> None:
    penalty, client = proposed(), enter("helene")
    assert penalty.case.number in text(client, "/agent/controle/penalites/")
    shown = text(client, url(penalty.case, "signer"))
    assert "Nous envisageons une pénalité" in shown
    assert client.post(url(penalty.case, "signer"), {"key": str(uuid4()), "step": "send"}).status_code == 302
    assert Penalty.objects.get().state == "NOTIFIED"
    assert enter("sylvie").get(url(penalty.case, "prononcer")).status_code == 404
    # Proposed by herself, it is neither in her list nor hers to sign.
    other = proposed(subject="cmg:employer:55")
    Posting = other.proposed_by.postings.model
    Posting.objects.create(user=other.proposed_by, role="AUTHORISING_OFFICER", starts_on=date(2020, 1, 1))
    own = enter("sylvie")
    assert other.case.number not in text(own, "/agent/controle/penalites/")
    answer = own.post(url(other.case, "signer"), {"key": str(uuid4()), "step": "send"})
    assert answer.status_code == 422
    assert "une autre personne la signe" in answer.content.decode()


def test_the_panel_reads_the_facts_and_the_reply_and_not_the_other_view_before_its_own() -> None:
    asked = asked_of_panel()
    address = f"/agent/commission-fraude/{asked.pk}/"
    first, second = enter("hakim"), enter("claire")
    assert asked.case.number in text(first, "/agent/commission-fraude/")
    form = {"key": str(uuid4()), "outcome": "FAULT", "reason": "Doute sur la volonté"}
    assert first.post(address, form).status_code == 302
    assert "Doute sur la volonté" not in text(second, address)
    assert second.post(address, {"key": str(uuid4()), "outcome": "FAULT", "reason": "Même avis"}).status_code == 302
    assert Qualification.objects.get().outcome == "FAULT"
    assert "Doute sur la volonté" in text(second, address)


def test_the_commission_of_the_board_gives_its_opinion_or_asks_for_a_month_more() -> None:
    penalty, client = appealed(), enter("gerard")
    address = f"/agent/avis/{penalty.pk}/"
    assert penalty.case.number in text(client, "/agent/avis/")
    assert client.post(address, {"key": str(uuid4()), "step": "more"}).status_code == 302
    form = {"key": str(uuid4()), "sense": "REDUCE", "text": "Situation difficile"}
    assert client.post(address, form).status_code == 302
    assert Penalty.objects.get().state == "OPINION_GIVEN"
    assert "Situation difficile" in text(client, address)


def test_a_case_opened_by_hand_wants_a_basis_and_a_family_of_the_fund() -> None:
    client = enter("sylvie")
    form = {
        "key": str(uuid4()), "fund": "CAF63", "employer_no": "999", "title": "Loyer", "source": "PARTNER",
        "legal_basis": "", "purpose": "Vérifier le loyer", "benefit": "APL",
    }  # fmt: skip
    answer = client.post("/agent/controle/dossiers/nouveau/", form)
    assert answer.status_code == 422
    answer = client.post("/agent/controle/dossiers/nouveau/", form | {"legal_basis": "CSS L. 114-9"})
    assert "pas celui d’une famille de cette caisse" in answer.content.decode()
    assert not ControlCase.objects.exists()


def test_the_list_finds_by_number_and_shows_what_is_owed_to_the_person() -> None:
    case, other = to_decide(), heard("cmg:employer:42")
    bank_said(other)
    client = enter("sylvie")
    page = text(client, "/agent/controle/dossiers/?box=blocked")
    assert other.number in page
    assert url(case) not in page
    assert url(case) in text(client, f"/agent/controle/dossiers/?q={case.number.lower()}")
    assert url(other) in text(client, "/agent/controle/dossiers/?q=42")


def test_a_case_says_whose_it_is_but_to_those_whom_a_declared_link_keeps_away(staff: dict[str, User]) -> None:
    case, other = heard(), heard("cmg:employer:42")
    DeclaredLink.objects.create(user=staff["sylvie"], subject=SUBJECT, relation="RELATIVE", since=D2)
    client = enter("sylvie")
    assert "Compte employeur 42" in text(client, url(other))
    page = text(client, "/agent/controle/dossiers/")
    assert "Compte employeur 42" in page
    assert case.number not in page
    assert SUBJECT.removeprefix("cmg:employer:") not in page


def test_a_proposal_is_held_to_the_finer_scale_that_a_body_gives_and_pages_show_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = qualified()
    deciding.begin_penalty(case_pk=case.pk, reason="x", act=by("sylvie", D3))
    assert "tranche" not in text(enter("sylvie"), url(case, "proposer"))
    figures = control_parameters().figures
    monkeypatch.setitem(figures, "penalty.scale", SCALE.figures["penalty.scale"])
    line = "tranche à partir de 1\u00a0000,00\u00a0€ versés en trop"
    assert f"{line} (CSS R. 114-14) : de 392,50" in text(enter("sylvie"), url(case, "proposer"))
    asked = {"case_pk": case.pk, "act": by("sylvie", D3)}
    assert refusal(propose_penalty, proposed=proposal(196_251), **asked) == "control.penalty_above_maximum"
    penalty = propose_penalty(proposed=proposal(196_250), **asked)
    assert (penalty.minimum_cents, penalty.maximum_cents) == (39_250, 196_250)
    assert line in text(enter("sylvie"), url(case))


def test_a_suspension_is_proposed_by_its_form_and_waits_in_the_list_of_the_director_alone() -> None:
    case = investigated()
    sylvie, helene, list_of = enter("sylvie"), enter("helene"), "/agent/controle/penalites/"
    assert "Proposer une suspension" not in text(sylvie, url(case)), "nothing was asked again yet"
    informing.remind_documents(case_pk=case.pk, documents="Bail", act=by("sylvie", D2))
    assert "Décider la suspension" not in text(helene, url(case))
    typed = {"key": str(uuid4()), "missing": "Le bail", "reason": "Le droit dépend du logement"}
    for _twice in range(2):
        assert sylvie.post(url(case, "proposer-suspension"), typed).status_code == 302
    assert case.suspension_proposals.count() == 1
    assert "La décision de la direction est attendue" in text(sylvie, url(case))
    waiting = text(helene, list_of)
    assert "Le bail" in waiting
    assert "15/06/2026" in waiting, "since when the reminder went"
    assert "1 suspension proposée à décider" in text(helene, "/agent/pilotage/")
    letter = text(helene, url(case, "suspension"))
    assert "Le droit dépend du logement" in letter
    declined = {"key": str(uuid4()), "reason": "Le bail est au dossier du logement"}
    assert helene.post(url(case, "refuser-suspension"), declined).status_code == 302
    assert "Le bail est au dossier du logement" in text(sylvie, url(case))
    assert case.number not in text(helene, list_of)


def test_the_director_is_not_sent_to_an_act_that_is_not_hers(staff: dict[str, User]) -> None:
    case = proposed().case
    assert f"/tiers/nouvelle/{case.pk}/" in text(enter("sylvie"), url(case))
    assert f"/tiers/nouvelle/{case.pk}/" not in text(enter("helene"), url(case))


def test_every_letter_has_all_that_the_law_wants_in_it() -> None:
    penalty = appealed()
    case, last = penalty.case, date(2026, 9, 1)
    bank_said(case)
    hearing.send_notice(case_pk=case.pk, act=by("sylvie", last))
    hearing.note_copy_asked(case_pk=case.pk, asked_on=last, act=by("sylvie", last))
    hearing.send_copies(case_pk=case.pk, act=by("sylvie", last))
    notifying.send_overpayment_notice(case_pk=case.pk, act=by("sylvie", last))
    appeals.give_opinion(penalty_pk=penalty.pk, sense="KEEP", text="Justifiée", act=by("gerard", last))
    appeals.decide_after_opinion(
        penalty_pk=penalty.pk, amount_cents=100_000, reason="Avis suivi", act=by("helene", last)
    )
    other = proposed(subject="cmg:employer:77", amount=None)
    penalties.sign_notification(penalty_pk=other.pk, act=by("helene", D3))
    received(other, D3)
    penalties.note_hearing(penalty_pk=other.pk, heard_on=date(2026, 7, 10), act=by("sylvie", D3))
    penalties.drop_penalty(penalty_pk=other.pk, reason="Doute", act=by("helene", D3))
    third = investigated("cmg:employer:78")
    informing.remind_documents(case_pk=third.pk, documents="Bail", act=by("sylvie", D2))
    asked = {"missing": "Bail", "reason": "Logement", "act": by("sylvie", date(2026, 7, 15))}
    proposal = suspending.propose_suspension(case_pk=third.pk, **asked)
    suspending.decide_suspension(proposal_pk=proposal.pk, act=by("helene", date(2026, 7, 15)))
    fourth = to_decide("cmg:employer:79")
    deciding.decide_no_action(case_pk=fourth.pk, reason="Rien", act=by("sylvie", D3))
    fifth = proposed(subject="cmg:employer:80")
    penalties.sign_notification(penalty_pk=fifth.pk, act=by("helene", D3))
    received(fifth, D3)
    penalties.warn(penalty_pk=fifth.pk, reason="Premier écart", act=by("helene", date(2026, 8, 3)))
    sixth = decided(subject="cmg:employer:81")
    received(sixth, date(2026, 8, 3), PaperKind.PENALTY_DECIDED)
    appeals.make_final(penalty_pk=sixth.pk, act=by(None, date(2026, 11, 2)))
    recovering.send_demand(penalty_pk=sixth.pk, act=by("helene", date(2026, 11, 3)))
    received(sixth, date(2026, 11, 3), PaperKind.PENALTY_DEMAND)
    recovering.add_surcharge(penalty_pk=sixth.pk, act=by("helene", date(2026, 12, 4)))
    recovering.issue_contrainte(penalty_pk=sixth.pk, act=by("helene", date(2026, 12, 4)))
    written = set()
    for job in LetterJob.objects.all():
        facts, kind = json.loads(decrypt(job.facts)), kind_of(job.kind)
        assert not [name for name in kind.needs if facts.get(name) in (None, "", [])], job.kind
        words = preview_of(job.kind, facts, dated=job.dated)
        assert "Texte" in words or "article" in words, job.kind
        written.add(job.kind)
    assert written == {code_of(kind) for kind in LETTERS}
