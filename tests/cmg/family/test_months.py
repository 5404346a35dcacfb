"""What a family reads of its months: held, ready, sent, done; the amounts of the issue to the cent, never a zero for what
is not known."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client

from cmg.closing.issuing import leaving_of
from cmg.family.costs import costs_of
from cmg.family.household import Household
from cmg.family.months import own_month
from cmg.models import Account, Settlement
from cmg.operations import close_month, issue_run
from cmg.remedies.netting import Payout, kept_if_issued, net_payouts
from portal.banking.models import PaymentOrder
from portal.batches.operations import sign
from portal.exchange.operations import import_files
from tests.cmg.closing.issued import HOME, Portal, booking, receive, report, statement
from tests.cmg.files import row, write
from tests.cmg.remedies.families import DAY, MONTH, PAYOUT, closed, debited_home, issued, moved_away, received
from tests.cmg.remedies.test_advances import paid, solved

pytestmark = pytest.mark.django_db
PAGE = "/famille/mois/2026-10/"


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def household() -> Household:
    return Household("E1", Account.objects.filter(employer_no="E1", known_until__isnull=True).first(), "Anne")


def test_a_calm_month_says_what_arrives_and_that_nothing_is_debited(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    closed()

    home, month = text(anne, "/famille/"), text(anne, PAGE)

    assert "Tout est en ordre. Rien ne sera prélevé en octobre. 428,70 € arrivent le mercredi 28 octobre 2026." in home
    assert "Octobre 2026 · garde de Léa" in month
    assert '<data value="42870">' in month
    assert "rien n’est prélevé pour ce mois" in month
    # 560.00 + 66.00, from hand to hand; 626.00 − 428.70.
    assert "Vous payez vous-même à la personne qui garde votre enfant : 626,00 €." in month
    assert "Il vous reste 197,30 € à votre charge" in month
    assert "Dites-le avant 15 h" in month


def test_the_cents_and_days_shown_are_those_that_the_issue_orders(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, debited_home)
    run = closed()
    shown = {
        (row["kind"], row["purpose"], row["amount_cents"], row["due_on"])
        for row in leaving_of(run, "E1", DAY).to_dicts()
    }
    page = text(anne, PAGE)
    sign(run_pk=run.pk, username="helene", on=DAY)
    sign(run_pk=run.pk, username="bruno", on=DAY)
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")
    orders = set(PaymentOrder.objects.values_list("kind", "purpose", "amount_cents", "due_on"))

    assert shown == orders
    assert len(orders) == 1
    assert "à payer, mardi 27 octobre 2026, compte finissant par" in page
    assert "Dites-le quand même" in text(anne, PAGE)


def test_a_correction_shows_its_difference_and_orders_the_same(tmp_path: Path, anne: Client) -> None:
    portal = Portal(tmp_path, HOME)
    portal.issue()
    portal.send("declarations", version="2", kind="CORRECTION", net_salary="1400.00",
                received_at="2026-11-02T10:00:00+01:00")  # fmt: skip
    run = close_month(month=MONTH, on=date(2026, 11, 3))
    shown = {
        (row["kind"], row["purpose"], row["amount_cents"])
        for row in leaving_of(run, "E1", date(2026, 11, 3)).to_dicts()
    }
    portal.issue(on=date(2026, 11, 3))

    assert shown == set(PaymentOrder.objects.filter(run=run).values_list("kind", "purpose", "amount_cents"))
    assert shown


def test_a_held_month_shows_what_does_not_leave_who_acts_and_what_is_due(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, moved_away)
    closed()

    home, month = text(anne, "/famille/"), text(anne, PAGE)

    held = Settlement.objects.get().held_debit_cents
    assert held == 46_815
    for page in (home, month):
        assert "Nous avons arrêté un prélèvement" in page
        assert "468,15 € ne partent pas de votre compte." in page
        assert "Votre dossier Caf et votre compte Pajemploi sont mal reliés." in page
        assert "Thomas Vidal (Pajemploi) s’en occupe. Réponse avant le lundi 9 novembre 2026." in page
        assert "Vous n’avez rien à faire." in page
        assert "CMG-" not in page
    assert "Vous attendez 428,70 €" in home
    assert "Rien à prélever, 428,70 € à verser." in month
    assert "Il vous reste 197,30 € à votre charge après l’aide, une fois ce mois réglé." in month


def unknown(files: dict) -> None:
    files["rights_fund"], files["rights_pajemploi"] = [], []


def test_a_right_that_nobody_knows_is_a_dash_never_a_zero(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, unknown)
    closed()

    page = text(anne, PAGE)
    month = own_month(household(), MONTH, DAY)

    assert (month.state, month.awaited_cents, month.due_cents) == ("HELD", None, None)
    assert "Nous ne pouvons pas encore dire le montant de l’aide" in page
    assert "–, l’aide n’est pas encore connue" in page
    assert "demander une avance" not in text(anne, "/famille/").lower().split("mes mois</h2>")[0]
    costs = costs_of(month)
    assert costs is not None
    assert (costs.by_oneself, costs.left) == (62_600, None)


def test_a_month_without_calculation_is_estimated_and_says_so(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)

    assert "Prévu : 0,00 € à prélever, 428,70 € à recevoir (estimation)." in text(anne, PAGE)


def test_a_month_repaired_since_says_what_it_gives_now(tmp_path: Path, anne: Client) -> None:
    from cmg.models import Repair
    from portal.exchange.models import ReceivedFile

    received(tmp_path, moved_away)
    run = closed()
    import_files([write(tmp_path / "more", "accounts", [row("accounts")])])
    import_files([write(tmp_path / "more", "rights_pajemploi", [row("rights_pajemploi")])])
    Repair.objects.create(
        act="LINK", employer_no="E1", file=ReceivedFile.objects.latest("pk"), reason="essai", done_by="thomas",
        done_at=datetime(2030, 1, 1, tzinfo=UTC),
    )  # fmt: skip

    assert run.state == "TO_SIGN"
    assert "Votre dossier est corrigé : 0,00 € à prélever, 428,70 € à recevoir." in text(anne, PAGE)


def test_what_came_back_is_the_first_line_with_what_to_do(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    issued(tmp_path / "out")
    order = PaymentOrder.objects.get()
    receive(statement(booking(order), number=1))
    assert "428,70 € versés" in text(anne, "/famille/paiements/")
    receive(statement(booking(order, returned="AC04"), number=2))

    page, home = text(anne, "/famille/paiements/"), text(anne, "/famille/")

    assert page.index("Votre banque nous a renvoyé 428,70 € : compte fermé.") < page.index("Passés ou à la banque")
    assert "Donnez un autre compte" in home
    assert "Tout est en ordre" not in home


def test_a_refused_debit_is_said_with_the_bank_s_reason(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, debited_home)
    issued(tmp_path / "out")
    receive(report(PaymentOrder.objects.get(kind="DEBIT"), "RJCT", "AM04"))

    assert "provision insuffisante" in text(anne, "/famille/paiements/")
    assert "Votre banque a refusé un prélèvement" in text(anne, "/famille/")


def single(files: dict) -> None:
    files["accounts"][0]["all_in_one"] = "1"


def test_pajemploi_plus_is_one_line_never_a_debit_and_a_payout(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, single)
    closed()

    page = text(anne, PAGE)
    month = own_month(household(), MONTH, DAY)

    assert [(one.purpose, one.cents) for one in month.movements] == [("CMG_SINGLE", 62_600 - PAYOUT)]
    assert page.count('<data value="') == 1
    assert "Prélevé</span>" not in page
    costs = costs_of(month)
    assert costs is not None
    assert (costs.by_oneself, costs.left) == (0, 62_600 - PAYOUT)


def two_children(files: dict) -> None:
    """A sister whom no right names: her part waits, his is paid."""
    files["declarations"].append(
        row("declarations", declaration_no="D2", child_ids="C2", child_birth_dates="2023-05-01")
    )


def test_only_the_disputed_child_waits_and_is_named_or_not(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, two_children)
    closed()

    month = own_month(household(), MONTH, DAY)
    page = text(anne, PAGE)

    assert month.state == "PARTLY"
    assert [row.declaration_no for row in month.held] == ["D2"]
    assert "Votre enfant n’est pas encore relié à votre droit." in page
    assert '<data value="42870">' in page


@pytest.mark.parametrize(
    "address", ["/famille/mois/2026-13/", "/famille/mois/x/", "/famille/mois/2019-06/", "/famille/mois/2027-01/"]
)
def test_a_month_that_is_none_is_a_page_that_is_not_there(tmp_path: Path, anne: Client, address: str) -> None:
    received(tmp_path)
    assert anne.get(address).status_code == 404


def test_a_month_to_declare_gives_its_last_day(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, lambda files: files["declarations"][0].update(care_month="2026-09"))

    page = text(anne, PAGE)

    assert "Vous n’avez pas encore déclaré octobre 2026. Dernier jour : jeudi 5 novembre 2026." in page
    assert "Vous n’avez pas encore déclaré octobre 2026." in text(anne, "/famille/")


def test_the_home_asks_the_same_of_the_database_with_one_month_and_with_many(
    tmp_path: Path, anne: Client, django_assert_max_num_queries: Callable
) -> None:
    received(tmp_path)
    issued(tmp_path / "out")
    with django_assert_max_num_queries(40) as one:
        anne.get("/famille/")
    files = [
        row("declarations", declaration_no=f"D{n}", care_month=f"{2025 + n // 12}-{n % 12 + 1:02d}")
        for n in range(4, 20)
    ]
    import_files([write(tmp_path / "more", "declarations", files)])
    with django_assert_max_num_queries(len(one)):
        anne.get("/famille/")


def test_why_gives_the_same_cents_as_agents_read(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    closed()
    page = text(anne, PAGE)

    assert "Parce que la garde de Léa a coûté 626,00 €, et que votre foyer compte 1 enfant à charge." in page
    assert "La part de ce coût qui reste à votre charge" in page
    assert "Votre aide à la garde</span><b>428,70 €</b>" in page
    assert "nous vérifions. Signalez-le" not in page


def test_what_pays_an_advance_back_is_shown_as_the_issue_keeps_it(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, moved_away)
    closed()
    advance = paid(20_000)
    import_files([write(tmp_path / "more", "accounts", [row("accounts")])])
    import_files([write(tmp_path / "more", "rights_pajemploi", [row("rights_pajemploi")])])
    run = closed()

    shown = {(one["purpose"], one["amount_cents"], one["kept_cents"]) for one in leaving_of(run, "E1", DAY).to_dicts()}
    page = text(anne, PAGE)

    assert shown == {("CMG_PAYOUT", PAYOUT - 20_000, 20_000)}
    assert "Avance déjà reçue : 200,00 € sont déduits de votre aide." in page
    advance.refresh_from_db()
    assert (advance.netted_cents, advance.state) == (0, "PAID")
    issued(tmp_path / "out")
    assert PaymentOrder.objects.get(purpose="CMG_PAYOUT").amount_cents == PAYOUT - 20_000


def test_two_payouts_share_one_advance_in_the_preview_as_in_the_issue(tmp_path: Path) -> None:
    received(tmp_path, moved_away)
    run = closed()
    paid(20_000)
    solved()
    payouts = [Payout("D1", "E1", 15_000), Payout("D2", "E1", 15_000)]

    before = kept_if_issued(run, payouts, on=DAY).sort("declaration_no").rows()

    assert before == [("D1", 15_000), ("D2", 5_000)]
    assert net_payouts(run, payouts, by="test", on=DAY).sort("declaration_no").rows() == before
