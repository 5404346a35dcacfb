"""From the first page to the second signature, each parent on their own pages."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aripa.agreements.text import digest_of
from aripa.models import Agreement, AgreementSignature
from portal.audit.models import JournalEntry
from portal.casework.models import Attachment
from tests.aripa.agreements import pairs
from tests.aripa.agreements.pairs import BASE, both_ready, filed, fill, page_of, sign, the_one

pytestmark = pytest.mark.django_db


def test_the_whole_way_to_the_fund(amelie: Client, romain: Client) -> None:
    one = both_ready(amelie, romain)
    assert one.state == "SHARED"
    assert "À vous : relisez le texte, puis signez." in page_of(amelie)
    assert "À vous : relisez le texte, puis signez." in page_of(romain)

    sign(amelie)
    assert "L’autre parent doit relire et signer" in page_of(amelie)
    assert the_one().state == "SHARED"
    sign(romain)

    one = the_one()
    assert (one.state, one.fund, one.received_on, one.answer_by) == (
        "FILED", "CAF63", date(2026, 10, 26), date(2027, 2, 26),
    )  # fmt: skip
    assert "vendredi 26 février 2027" in page_of(amelie)
    assert "vendredi 26 février 2027" in page_of(romain)
    moves = JournalEntry.objects.filter(action="aripa.agreement.moved").order_by("pk")
    assert [one.detail["to"] for one in moves] == ["INVITED", "SHARED", "FILED"]


def test_both_read_the_same_text_and_neither_home(amelie: Client, romain: Client) -> None:
    both_ready(amelie, romain)

    hers, his = page_of(amelie, "signer/"), page_of(romain, "signer/")
    text = [one.partition("<h2>Les parents</h2>")[2].partition("<h2>Signatures</h2>")[0] for one in (hers, his)]
    assert text[0] == text[1]
    assert "Amélie CHEVALIER, naissance le 11/02/1992" in text[0]
    for told in ("180,00 €", "177,00 €", "18 000,00 €", "Jade Gaillard"):
        assert told in text[0]
    for page in ("", "signer/", "reference/", "pieces/", "montants/", "vous/"):
        assert not [word for word in ("Treille", "63000", "Clermont", "CAF63", "identity.png") if word in page_of(romain, page)
                    and word != "identity.png"]  # fmt: skip
        assert not [word for word in ("avenue de Paris", "15000", "Aurillac") if word in page_of(amelie, page)]


@pytest.mark.parametrize(("instead", "told"), [
    ({"couple": "MARRIED"}, "La pension se fixe dans le divorce"),
    ({"couple": "TOGETHER"}, "Revenez quand vous serez séparés"),
    ({"title": "oui"}, "un second titre serait nul"),
    ({"step": "oui"}, "Une démarche est déjà commencée"),
])  # fmt: skip
def test_a_way_closed_by_law_says_which_one_is_open_and_keeps_nothing(
    amelie: Client, instead: dict[str, str], told: str
) -> None:
    answer = pairs.begin(amelie, **instead)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Agreement.objects.exists()


def test_a_pacs_that_is_dissolved_may_begin(amelie: Client) -> None:
    assert pairs.begin(amelie, couple="PACS").status_code == 302


def test_the_same_form_begins_once(amelie: Client) -> None:
    key = str(uuid4())
    first, again = pairs.begin(amelie, key=key), pairs.begin(amelie, key=key)

    assert first["Location"] == again["Location"]
    assert Agreement.objects.count() == 1


def test_answers_are_kept_right_or_wrong_and_taken_up_later(amelie: Client) -> None:
    pairs.begin(amelie)
    wrong = fill(amelie, "enfants", pairs.JADE | {"born_1": "2027-01-01"})

    assert wrong.status_code == 422
    assert "Écrivez une date passée" in wrong.content.decode()
    assert the_one().shared["name_1"] == "Jade Gaillard"
    assert "commencé" in page_of(amelie)


def test_a_grown_child_has_a_situation_of_the_law(amelie: Client) -> None:
    pairs.begin(amelie)
    grown = pairs.JADE | {"born_1": "2008-10-26"}
    minor = pairs.JADE | {"born_1": "2008-10-27"}

    assert "Cet enfant est majeur" in fill(amelie, "enfants", grown).content.decode()
    assert fill(amelie, "enfants", grown | {"grown_1": "STUDENT"}).status_code == 302
    assert fill(amelie, "enfants", minor).status_code == 302


def test_an_amount_under_the_threshold_cannot_be_signed(amelie: Client, romain: Client) -> None:
    both_ready(amelie, romain)
    low = fill(romain, "montants", {"amount_1": "176,99", "amount_2": "177"})
    assert low.status_code == 422
    assert "Au moins 177,00" in low.content.decode().replace("\u00a0", " ")
    refused = sign(amelie)
    assert refused.status_code == 422
    assert not AgreementSignature.objects.exists()

    assert fill(romain, "montants", {"amount_1": "177", "amount_2": "177"}).status_code == 302
    assert sign(amelie).status_code == 302


def test_a_change_voids_the_signature_and_says_so(amelie: Client, romain: Client) -> None:
    both_ready(amelie, romain)
    sign(amelie)
    fill(romain, "montants", {"amount_1": "190", "amount_2": "177"})

    assert AgreementSignature.objects.get().voided_at is not None
    assert "la signature que vous aviez donnée ne vaut plus" in page_of(amelie)
    assert "la signature de l’autre parent ne vaut plus" in page_of(romain)
    sign(romain)
    assert the_one().state == "SHARED"
    sign(amelie)
    assert the_one().state == "FILED"


def test_the_same_answers_again_and_ones_own_home_void_nothing(amelie: Client, romain: Client) -> None:
    both_ready(amelie, romain)
    sign(amelie)
    fill(romain, "montants", pairs.AMOUNTS)
    fill(romain, "vous", pairs.HOME_R | {"city": "Arpajon"})

    assert AgreementSignature.objects.get().voided_at is None


def test_a_text_that_changed_since_it_was_read_is_not_signed(amelie: Client, romain: Client) -> None:
    one = both_ready(amelie, romain)
    read = digest_of(one)
    fill(romain, "prix", pairs.TERMS | {"index": "URBAN_WORKERS"})

    refused = sign(amelie, digest=read)

    assert refused.status_code == 422
    assert "Le texte a changé depuis votre lecture" in refused.content.decode()


def test_a_signature_wants_a_fresh_factor_and_the_statement(amelie: Client, romain: Client) -> None:
    one = both_ready(amelie, romain)
    sent = {"key": str(uuid4()), "digest": digest_of(one), "stated": "1"}

    assert "Confirmez d’abord" in amelie.post(f"{BASE}/{one.key}/signer/", sent).content.decode()
    assert "Confirmer avec FranceConnect" in page_of(amelie, "signer/")
    assert sign(amelie, stated="").status_code == 422
    assert not AgreementSignature.objects.exists()


def test_signed_twice_is_signed_once(amelie: Client, romain: Client) -> None:
    both_ready(amelie, romain)
    key = str(uuid4())
    sign(amelie, key=key)
    again = sign(amelie, key=key)
    other_form = sign(amelie)

    assert (again.status_code, other_form.status_code) == (302, 302)
    assert AgreementSignature.objects.count() == 1


def test_two_who_save_the_same_page_both_keep_their_words(amelie: Client, romain: Client) -> None:
    both_ready(amelie, romain)
    read = pairs.read_of(amelie, "montants")
    fill(romain, "montants", {"amount_1": "190", "amount_2": "177"})

    conflict = amelie.post(
        f"{BASE}/{the_one().key}/montants/", {"read": read, "amount_1": "200", "amount_2": "177"}
    )  # fmt: skip

    assert conflict.status_code == 409
    assert "190" in conflict.content.decode()
    assert "200" in conflict.content.decode()
    assert the_one().shared["amount_1"] == "190"


def test_only_who_pays_tells_their_resources(amelie: Client, romain: Client) -> None:
    one = both_ready(amelie, romain)

    assert amelie.get(f"{BASE}/{one.key}/ressources/").status_code == 404
    assert romain.get(f"{BASE}/{one.key}/place/").status_code == 404
    assert romain.get(f"{BASE}/{one.key}/autre-parent/").status_code == 404


def test_who_the_parents_are_no_longer_changes_once_both_are_there(amelie: Client, romain: Client) -> None:
    one = both_ready(amelie, romain)

    assert amelie.get(f"{BASE}/{one.key}/place/").status_code == 404


def test_withdrawn_by_either_until_the_answer_and_twice_is_once(amelie: Client, romain: Client) -> None:
    one = filed(amelie, romain)

    romain.post(f"{BASE}/{one.key}/arreter/", {"why": "withdraw"})
    romain.post(f"{BASE}/{one.key}/arreter/", {"why": "withdraw"})

    assert the_one().state == "WITHDRAWN"
    assert "Cette demande est retirée. Elle n’engage personne." in page_of(amelie)
    assert JournalEntry.objects.filter(detail__to="WITHDRAWN").count() == 1
    assert sign(amelie).status_code == 302  # signed already: nothing more
    assert the_one().state == "WITHDRAWN"


def test_a_stranger_finds_nothing(amelie: Client, romain: Client) -> None:
    one = both_ready(amelie, romain)
    other = pairs.client_of("other", given_name="Jean", family_name="PETIT", birthdate="1980-01-01")

    for page in ("", "inviter/", "reference/", "pieces/", "signer/", "arreter/", "reponse/", "enfants/"):
        assert other.get(f"{BASE}/{one.key}/{page}").status_code == 404
        assert other.post(f"{BASE}/{one.key}/{page}", {"why": "withdraw"}).status_code in (404, 405)
    assert the_one().state == "SHARED"


def test_papers_are_of_one_parent_and_what_is_no_paper_is_refused(amelie: Client, romain: Client) -> None:
    one = both_ready(amelie, romain)
    wrong = SimpleUploadedFile("virus.pdf", b"MZ....")

    refused = amelie.post(f"{BASE}/{one.key}/pieces/", {"kind": "identity", "paper": wrong})
    not_hers = amelie.post(f"{BASE}/{one.key}/pieces/", {"kind": "resources", "paper": wrong})

    assert (refused.status_code, not_hers.status_code) == (422, 422)
    assert Attachment.objects.filter(subject=f"aripa.agreement:{one.pk}:first").count() == 3
    assert "resources.png" not in page_of(amelie, "pieces/")


def test_the_payer_may_begin(romain: Client, amelie: Client) -> None:
    pairs.begin(romain)
    fill(romain, "place", {"party": "DEBTOR"})
    fill(romain, "autre-parent", {"other_name": "Chevalier", "other_first": "Amélie", "other_born": "1992-02-11"})
    fill(romain, "enfants", pairs.JADE)
    fill(romain, "ressources", pairs.RESOURCES)
    romain.post(f"{BASE}/{the_one().key}/inviter/", {"key": str(uuid4())})
    pairs.enter(amelie, pairs.code_of(the_one()))

    assert the_one().state == "SHARED"
    assert "Amélie CHEVALIER, naissance le 11/02/1992" in page_of(amelie, "signer/").partition("Parent qui paie")[0]
