"""A family's pages as one space: one menu everywhere, home leads to declaring, the estimate beside the settled month, and
money that came back."""

import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from cmg.family.holds import _date_words
from cmg.family.household import Household
from cmg.family.months import own_month
from cmg.family.people import owner_of
from cmg.models import Account, FamilyDraft, Report, Settlement
from cmg.remedies import following
from portal.banking.models import PaymentOrder
from portal.exchange.operations import import_files
from tests.aripa.agents import text_of
from tests.cmg.closing.issued import booking, receive, report, statement
from tests.cmg.declaring.families import TYPED
from tests.cmg.declaring.test_comparing import decided
from tests.cmg.family.test_months import text
from tests.cmg.files import iban_with_key, nir_with_key, row, write
from tests.cmg.remedies.families import DAY, PAYOUT, closed, debited_home, issued, moved_away, received

pytestmark = pytest.mark.django_db
MENU = ["Ma famille", "Mes mois", "Déclarer", "Mes paiements", "Mes droits", "Mes demandes", "Courriers et messages"]
PAGES = (
    "", "mois/", "mois/2026-10/", "declarer/", "droits/", "compte/", "paiements/", "suivi/", "signaler/", "avance/",
    "remboursement/", "urgence/", "courriers/", "messages/", "preferences/",
)  # fmt: skip


def entries(page: str) -> list[str]:
    menu = re.search(r'aria-label="Mon espace".*?<ul>(.*?)</ul>', page, re.DOTALL)
    assert menu is not None
    return re.findall(r"<a [^>]*>([^<(]*)", menu[1])


def undeclared(files: dict) -> None:
    """September is declared, October is not."""
    files["declarations"][0] |= {"care_month": "2026-09", "declaration_no": "D9",
                                 "received_at": "2026-09-26T10:00:00+02:00"}  # fmt: skip


def declare(client: Client, typed: dict[str, str] | None = None) -> FamilyDraft:
    """The whole way through the pages: begun, typed, checked, sent."""
    client.post("/famille/declarer/", {"month": "2026-10", "employee_no": "S1", "child_ids": "C1"})
    draft = FamilyDraft.objects.get(sent_at=None)
    client.post(f"/famille/declarer/{draft.key}/", (typed or TYPED) | {"action": "next"})
    client.post(f"/famille/declarer/{draft.key}/verifier/")
    draft.refresh_from_db()
    assert draft.sent_at
    return draft


def test_every_page_carries_the_same_menu_and_says_where_it_is(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    for path in PAGES:
        page = text(anne, f"/famille/{path}")
        assert [label.strip() for label in entries(page)] == MENU, path
        # The header keeps the menu of everybody: the family's own stands once.
        assert page.count(">Mes paiements</a>") == 1, path
        assert len(re.findall(r'aria-current="(?:page|true)"', page.split("Mon espace")[1].split("</nav>")[0])) in (
            1,
            2,
        )


def test_the_steps_of_a_declaration_keep_the_menu(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, undeclared)
    draft = declare(anne)
    corrected = anne.post("/famille/declarer/changer/", {"declaration_no": draft.declaration_no, "kind": "CORRECTION"})[
        "Location"
    ]

    for address in (f"/famille/declarer/{draft.key}/recu/", corrected, f"{corrected}verifier/"):
        page = text(anne, address)
        assert [label.strip() for label in entries(page)] == MENU, address
        assert 'href="/famille/declarer/" aria-current="true"' in page


def test_a_parent_comes_back_from_the_simulator_and_a_visitor_is_shown_no_family(
    tmp_path: Path, anne: Client, client: Client
) -> None:
    received(tmp_path)

    assert 'href="/famille/droits/"' in text(anne, "/simulateur/")
    assert "/famille/" not in text(client, "/simulateur/")


def test_home_leads_to_what_a_family_does(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    page = text(anne, "/famille/")

    for address in ("/famille/declarer/", "/famille/droits/", "/famille/compte/", "/simulateur/"):
        assert f'href="{address}"' in page.split("Besoin d’autre chose")[1]


def test_a_month_not_declared_leads_to_declaring_and_is_not_called_in_order(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, undeclared)
    asked = "Vous n’avez pas encore déclaré octobre 2026. Dernier jour : jeudi 5 novembre 2026."

    home = text(anne, "/famille/")
    assert f'<a href="/famille/declarer/">{asked}</a>' in home
    assert "Tout est en ordre" not in home
    declare(anne)
    assert "pas encore déclaré" not in text(anne, "/famille/")


def two_cares(files: dict) -> None:
    """Two children with one childminder: both declared in September, one in October."""
    undeclared(files)
    other = {"child_ids": "C2", "child_birth_dates": "2024-03-01"}
    files["declarations"] += [
        row(
            "declarations", declaration_no="D9B", care_month="2026-09", received_at="2026-09-26T10:00:00+02:00", **other
        ),
        row("declarations", declaration_no="D10", care_month="2026-10", received_at="2026-10-25T10:00:00+02:00"),
    ]


def test_a_care_left_to_declare_is_said(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, two_cares)

    asked = "Il reste 1 garde à déclarer pour octobre 2026. Dernier jour : jeudi 5 novembre 2026."
    assert f'<a href="/famille/declarer/">{asked}</a>' in text(anne, "/famille/")


def test_a_first_visit_gives_three_things_to_check(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, lambda files: files["declarations"].clear())
    page = text(anne, "/famille/")

    assert "Votre dossier est relié. Voici trois choses à vérifier." in page
    todo = page.split("À faire</h2>")[1].split("</ul>")[0]
    assert re.findall(r'href="([^"]*)"', todo) == ["/famille/droits/", "/famille/compte/", "/famille/declarer/"]
    assert "Vous n’avez pas encore déclaré octobre 2026." in todo


def test_the_month_says_first_what_differs_from_the_estimate(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, undeclared)
    declare(anne)
    decided(tmp_path / "late", 11, annual_resources="36000")
    closed()

    page = text(anne, "/famille/mois/2026-10/")

    told = (
        "Aujourd’hui, nous avions prévu 428,70 € à recevoir. C’est 389,24 €, parce que vos ressources annuelles sont "
        "passées de 30 000 € à 36 000 €."
    )
    assert told in page
    assert page.index(told) < page.index("Ce qui est prélevé, ce qui est versé")


def test_nothing_is_said_when_the_month_is_as_estimated(tmp_path: Path, anne: Client) -> None:
    """The look-alike: declared, computed, and the same cents."""
    received(tmp_path, undeclared)
    declare(anne)
    closed()

    page = text(anne, "/famille/mois/2026-10/")

    assert "nous avions prévu" not in page
    assert '<data value="42870">' in page


def test_a_hold_after_the_money_left_is_no_difference(tmp_path: Path, anne: Client) -> None:
    """What left stands: the page shows it, and does not say that its payout waits."""
    received(tmp_path, undeclared)
    declare(anne)
    issued(tmp_path / "out")
    import_files([write(tmp_path / "late", "accounts", [row("accounts", beneficiary_no="B9",
                  updated_at="2026-10-26T21:00:00+01:00")])])  # fmt: skip
    closed(day=DAY.replace(day=28))
    assert Settlement.objects.filter(status="HELD").exists()

    page = text(anne, "/famille/mois/2026-10/")

    assert "nous avions prévu" not in page
    assert "Nous vérifions à nouveau ce mois." in page


def came_back(folder: Path, reason: str) -> PaymentOrder:
    received(folder)
    issued(folder / "out")
    order = PaymentOrder.objects.get(kind="CREDIT")
    receive(report(order, "RJCT", reason) if reason == "AC01" else statement(booking(order)))
    if reason != "AC01":
        receive(statement(booking(order, returned=reason), number=2))
    return order


def alert(page: str) -> str:
    return page.split('class="alert"')[1].split("</section>")[0]


@pytest.mark.parametrize("reason", ["AC04", "AC01"])
def test_a_payment_that_came_back_leads_to_another_account(tmp_path: Path, anne: Client, reason: str) -> None:
    came_back(tmp_path, reason)

    for page in (text(anne, "/famille/"), text(anne, "/famille/paiements/")):
        assert '<a class="button" href="/famille/compte/">Donner un autre compte</a>' in alert(page)
        assert "428,70 €" in alert(page)
        assert "en entier" in alert(page)


def test_once_the_account_is_given_nothing_is_asked_and_the_whole_sum_leaves(tmp_path: Path, anne: Client) -> None:
    order = came_back(tmp_path, "AC04")
    import_files([write(tmp_path / "new", "accounts", [row("accounts", iban=iban_with_key("2"),
                  updated_at="2026-10-29T10:00:00+01:00")])])  # fmt: skip

    for page in (text(anne, "/famille/"), text(anne, "/famille/paiements/")):
        assert "Vous avez donné un autre compte : nous y renvoyons la somme, en entier. Elle arrive avant le" in alert(
            page
        )
        assert "Donner un autre compte" not in alert(page)
    reference = following.resend(order_pk=order.pk, by="thomas", on=DAY)
    again = PaymentOrder.objects.get(end_to_end_id=reference)
    assert again.amount_cents == PAYOUT
    assert again.iban_key == Account.objects.get(known_until=None).iban_key
    assert 'class="alert"' not in text(anne, "/famille/paiements/")


def test_a_bank_out_of_reach_asks_no_account_of_the_family(tmp_path: Path, anne: Client) -> None:
    came_back(tmp_path, "ED05")

    page = text(anne, "/famille/")

    assert "Cela ne vient pas de votre compte : nous renvoyons la somme, en entier." in alert(page)
    assert "Donner un autre compte" not in alert(page)


def test_a_refused_debit_asks_for_no_other_account(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, debited_home)
    issued(tmp_path / "out")
    receive(report(PaymentOrder.objects.get(kind="DEBIT"), "RJCT", "AM04"))

    assert "Donner un autre compte" not in alert(text(anne, "/famille/"))
    assert "Rien n’est représenté sans vous prévenir." in alert(text(anne, "/famille/"))


def test_the_month_asks_little_more_of_the_database_for_its_estimates(
    tmp_path: Path, anne: Client, django_assert_max_num_queries: Callable
) -> None:
    received(tmp_path, undeclared)
    declare(anne)
    closed()
    with django_assert_max_num_queries(70):
        anne.get("/famille/mois/2026-10/")


def shared_number(files: dict) -> None:
    """Two accounts under one beneficiary number, by mistake. The right of the other person's child, Tom, names this
    account; this family declared Tom's number in September, and its own child, Léa, in October."""
    tom = {
        "child_id": "C2",
        "child_first_name": "Tom",
        "child_birth_date": "2024-05-01",
        "right_no": "R2",
        "end": "2026-09-15",
    }
    other = {"nir": nir_with_key("2840163001002"), "beneficiary_no": "B1"}
    files["accounts"].append(row("accounts", employer_no="E2", last_name="Durand", mandate_ref="M2", **other))
    for kind in ("rights_fund", "rights_pajemploi"):
        files[kind].append(row(kind, employer_no="E1", sequence_no="11", **other, **tom))
    files["declarations"].append(
        row("declarations", declaration_no="D9", care_month="2026-09", child_ids="C2", child_birth_dates="2024-05-01",
            received_at="2026-09-26T10:00:00+02:00")
    )  # fmt: skip


def test_a_right_of_another_person_that_names_this_account_is_read_nowhere(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, shared_number)
    closed()
    closed(DAY.replace(month=9, day=1))
    pages = {path: text_of(anne.get(f"/famille/{path}")) for path in (*PAGES, "mois/2026-09/")}

    assert "garde de Léa" in pages["mois/2026-10/"], "the look-alike: a child of its own"
    assert "Léa" in pages["droits/"]
    assert "garde de votre enfant" in pages["mois/2026-09/"]
    for path, page in pages.items():
        assert "Tom" not in page, path
        assert "14 septembre 2026" not in page, path


def test_the_end_of_another_person_s_right_is_not_told(tmp_path: Path, anne: Client) -> None:
    """CMG-011 says until when the aid lasts: by the family's own right, or by the month."""
    received(tmp_path, shared_number)
    home = Household("E1", Account.objects.get(employer_no="E1", known_until=None), "Anne")
    one = own_month(home, DAY.replace(month=9, day=1), DAY)

    assert _date_words("CMG-011", home, one, owner_of(home.subject, DAY)) == "mercredi 30 septembre 2026"


def test_what_was_sent_after_the_calculation_is_said_until_it_counts(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, undeclared)
    draft = declare(anne)
    closed()
    address = "/famille/mois/2026-10/"
    assert "prochain calcul" not in text(anne, address), "the look-alike: computed, nothing sent since"

    form = anne.post("/famille/declarer/changer/", {"declaration_no": draft.declaration_no, "kind": "CORRECTION"})[
        "Location"
    ]
    anne.post(form, TYPED | {"net_salary": "600,00", "action": "next"})
    assert "prochain calcul" not in text(anne, address), "not sent yet"
    anne.post(f"{form}verifier/")

    # 666.00 × (1 − 2 500 × 0.0619 % ÷ 4.91)
    told = (
        "Votre correction est reçue : elle entre dans le prochain calcul. Prévu : rien à prélever, 456,09 € à recevoir."
    )
    assert told in text(anne, address)
    assert "Correction reçue" in text(anne, address)
    closed()
    page = text(anne, address)
    assert "prochain calcul" not in page
    assert '<data value="45609">' in page


def test_the_estimate_names_the_fields_that_it_waits_for(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, undeclared)
    anne.post("/famille/declarer/", {"month": "2026-10", "employee_no": "S1", "child_ids": "C1"})
    draft = FamilyDraft.objects.get()
    wrong = TYPED | {"hours": "12O", "net_salary": "", "action": "estimate"}

    part = anne.post(f"/famille/declarer/{draft.key}/", wrong, headers={"hx-request": "true"}).content.decode()

    assert (
        "Le calcul s’affiche dès que ces champs sont remplis, ou corrigés : heures de garde du mois, salaire net versé."
        in part
    )


def reported(client: Client) -> str:
    sent = {"symptom": "WRONG_AMOUNT", "month": "2026-10", "key": str(uuid4())}
    return client.post("/famille/signaler/", sent)["Location"]


def not_held(files: dict) -> None:
    """Nothing special: the aid covers everything, and nothing is debited."""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (debited_home, "Ce prélèvement est déjà à la banque. Si c’est une erreur, l’argent revient avant le lundi 2 novembre 2026."),
        (not_held, "Rien n’est prélevé pour ce mois : il n’y a rien à arrêter."),
        (moved_away, "Rien n’est parti pour ce mois : l’arrêt continue."),
    ],
)  # fmt: skip
def test_a_report_after_the_hour_says_what_is_true_of_the_money(
    tmp_path: Path, anne: Client, at: Callable[[int], None], change: Callable[[dict], None], told: str
) -> None:
    received(tmp_path, change)
    closed()
    at(15)
    month = text(anne, "/famille/mois/2026-10/")
    assert ("déjà à la banque" in month) == (change is debited_home)

    page = text(anne, reported(anne))

    assert told in page
    assert ("est déjà à la banque" in page) == (change is debited_home)


def test_home_does_not_say_that_all_is_well_while_a_report_waits(
    tmp_path: Path, anne: Client, at: Callable[[int], None]
) -> None:
    received(tmp_path)
    closed()
    at(15)
    assert "Tout est en ordre." in text(anne, "/famille/")
    reported(anne)

    page = text(anne, "/famille/")

    assert "Tout est en ordre" not in page
    assert "Rien ne sera prélevé en octobre." in page
    number = Report.objects.get().number
    asked = f'<a href="/famille/suivi/{number}/">Signalement {number} : réponse avant le mercredi 28 octobre 2026.</a>'
    assert asked in page
    Report.objects.update(state="ANSWERED")
    assert "Tout est en ordre." in text(anne, "/famille/")
