"""Pages of the files received: a refused row, whatever it holds, can be read, corrected and replayed."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from cmg.declaring.sending import send
from cmg.demo.people import create_people
from cmg.models import Account
from cmg.month_figures import late_files
from cmg.operations import close_month, digests
from cmg.repairs.entering import Change, enter
from portal.accounts.models import User
from portal.exchange.models import FileChunk, ReceivedFile, RejectedRow
from portal.exchange.operations import import_file
from tests.aripa.files import row as pension_row
from tests.cmg.declaring.families import AT, MONTH, SUNDAY, drafted, parent, received
from tests.cmg.files import row, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(settings) -> Client:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, date(2026, 10, 26)
    create_people()
    client = Client()
    client.force_login(User.objects.get(username="thomas"))
    return client


def rejected(folder: Path, **changes: str) -> str:
    import_file(write(folder, "accounts", [row("accounts", **changes)]))
    return reverse("cmg:rejected_row", args=[RejectedRow.objects.get().pk])


def test_a_row_with_a_cell_too_many_is_mended_from_what_was_kept(agent: Client, tmp_path: Path) -> None:
    path = write(tmp_path, "accounts", [row("accounts")])
    path.write_text(path.read_text().replace("Martin", "Martin, dit Le Gros"))
    import_file(path)
    address = reverse("cmg:rejected_row", args=[RejectedRow.objects.get().pk])

    assert row("accounts")["updated_at"] in agent.get(address).content.decode()
    sent = agent.post(address, {f"cell-{name}": value for name, value in row("accounts").items()})

    assert sent.status_code == 302
    assert Account.objects.get().last_name == "Martin"


def test_only_columns_of_the_flow_are_fields_and_the_others_are_shown(agent: Client, tmp_path: Path) -> None:
    thousands = {f"c{number}": "<b>" for number in range(2000)}
    address = rejected(tmp_path, last_name="=x", **thousands)

    page = agent.get(address).content.decode()
    assert page.count('name="cell-') == len(row("accounts"))
    assert "<dt>c0</dt><dd>&lt;b&gt;</dd>" in page
    assert agent.post(address, {"cell-last_name": "X", "cell-c0": "y"}).status_code == 302


def test_a_row_that_is_still_wrong_says_all_that_is_wrong(agent: Client, tmp_path: Path) -> None:
    address = rejected(tmp_path, last_name="=x")

    answer = agent.post(address, {"cell-last_name": "=y", "cell-birth_date": "2026-02-30", "cell-bogus": "1"})

    assert answer.status_code == 422
    for column in ("last_name", "birth_date"):
        assert f'href="#cell-{column}"' in answer.content.decode()
    assert not Account.objects.exists()


def test_a_family_whose_number_holds_a_slash_has_its_page(agent: Client, tmp_path: Path) -> None:
    import_file(write(tmp_path, "accounts", [row("accounts", employer_no="E/1 é")]))

    assert agent.get(reverse("cmg:family", args=["E/1 é"])).status_code == 200


def test_the_list_of_files_bears_any_name(agent: Client, tmp_path: Path) -> None:
    path = tmp_path / "<script>\n.csv"
    path.write_bytes(b"\xff")
    import_file(path)

    assert ReceivedFile.objects.count() == 1
    assert "<script>\n" not in agent.get(reverse("cmg:files")).content.decode()


@pytest.mark.parametrize("username", ["thomas", "nathalie", "helene"])
def test_what_courts_and_parents_sent_for_a_pension_is_not_for_agents_of_the_cmg(
    agent: Client, tmp_path: Path, username: str
) -> None:
    """A parent to protect may be in a refused row: its file is neither listed nor counted here, nor can it be opened."""
    agent.force_login(User.objects.get(username=username))
    wrong = pension_row("parents", fund="CAF63", payment_day="7")
    import_file(write(tmp_path, "parents", [wrong, pension_row("parents", parent_no="P2", fund="CAF63")]))
    import_file(write(tmp_path, "employees", [row("employees")]))
    pension = RejectedRow.objects.get()

    listed = agent.get(reverse("cmg:files"))
    assert [file.name for file in listed.context["page"].rows] == ["employees.csv"]
    assert (listed.context["counts"]["total"], listed.context["counts"]["rejected_rows"]) == (1, 0)
    for name, number in (("rejected_rows", pension.file_id), ("rejected_row", pension.pk)):
        assert agent.get(reverse(f"cmg:{name}", args=[number])).status_code == 404
    assert agent.post(reverse("cmg:rejected_row", args=[pension.pk]), {"cell-payment_day": "10"}).status_code == 404


def declared_here() -> str:
    user = parent()
    sent, _again = send(key=drafted(user).key, by=user, at=AT, on=SUNDAY)
    return f"{sent.declaration_no}-v1.csv"


def test_what_families_declare_and_agents_repair_has_its_own_place(agent: Client, tmp_path: Path) -> None:
    received(tmp_path)
    first = agent.get("/agent/flux/").content.decode()
    name = declared_here()
    # A file from outside that calls itself a family's stays among the files received.
    stranger = write(tmp_path, "declarations", [row("declarations", declaration_no="X")],
                     {"kind": "declarations", "sender": "famille", "rows": 1})  # fmt: skip
    import_file(stranger)
    account = Account.objects.get()
    change = Change(Account, account, {"beneficiary_no": "B9"})
    enter([change], act="X", employer_no="E1", reason="essai", by="thomas", at=AT)

    files = agent.get("/agent/flux/").content.decode()
    families = agent.get("/agent/flux/?origin=FAMILY").content.decode()
    repairs = agent.get("/agent/flux/?origin=AGENT").content.decode()

    came = ReceivedFile.objects.filter(origin="FLOW").count()
    assert f"{came - 1} fichiers entrés" in first
    assert f"{came} fichiers entrés" in files
    assert name not in files
    assert "famille" in files
    assert name in families
    assert "1 fichier entré," in families
    assert "x.json" in repairs
    assert name not in repairs
    assert ReceivedFile.objects.count() == came + 2, "nothing lost"
    assert FileChunk.objects.filter(file__origin="FAMILY").count() == 1
    assert agent.get("/agent/flux/?origin=bogus").status_code == 200


def test_a_family_that_declares_makes_the_month_be_computed_again_without_a_file_to_read(
    agent: Client, tmp_path: Path
) -> None:
    received(tmp_path)
    run = close_month(month=MONTH.replace(month=9), on=SUNDAY)
    inputs, decisions = digests(run.month)
    draft = drafted(parent(), month=run.month.replace(month=8))
    send(key=draft.key, by=User.objects.get(username="anne"), at=AT, on=SUNDAY)

    assert digests(run.month)[0] == inputs
    assert digests(run.month.replace(month=8))[1] != decisions
    assert late_files(run).names == []
