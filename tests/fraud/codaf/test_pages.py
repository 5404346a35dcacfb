"""The pages of the committee: what its members see, and what nobody else does."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fraud.cases.evidence import keep_evidence
from fraud.codaf import cases
from fraud.models import (
    CodafMeeting,
    CodafMember,
    CodafReport,
    DeclaredLink,
    EvidenceItem,
    JointOperation,
    ObtainedInformation,
)
from portal.audit.models import JournalEntry
from portal.letters.operations import write_letters
from tests.aripa.agents import client_of, on_day, text_of
from tests.fraud.codaf.world import DAY, MET, colleague, committee, member, planned, plenary_held, restricted_held
from tests.fraud.thirdparties.world import PDF, at, case_of, who

pytestmark = pytest.mark.django_db
HOME = "/agent/codaf/"


@pytest.fixture
def members(db: None, settings: Any) -> dict[str, CodafMember]:
    on_day(settings, DAY)
    return committee()


def path_of(met: CodafMeeting, more: str = "") -> str:
    return f"{HOME}reunions/{met.pk}/{more}"


def form(**cells: Any) -> dict[str, Any]:
    return {"key": str(uuid4())} | cells


def test_the_home_of_the_committee(members: dict[str, CodafMember]) -> None:
    plenary_held(members=members)
    restricted_held(members)
    planned(dated=date(2026, 11, 17))

    mine, others = (text_of(client_of(user).get(HOME)) for user in (who("philippe"), colleague()))

    assert "Prochaine réunion : <a" in mine
    assert "1 plénière tenue en 2026, sur 3 : l’année n’est pas finie." in mine
    assert "En 2025 : 0 plénière sur 3, l’obligation n’a pas été tenue." in mine
    assert "France Travail" in mine
    assert "RSI" not in mine
    assert "réservée à celles" not in mine
    assert "1 formation restreinte de l’année est réservée" in others
    assert "vous ne siégez pas" in others
    assert client_of(who("sylvie")).get(HOME).status_code == 404
    assert client_of(who("philippe")).get(f"{HOME}?departement=43").status_code == 404


def test_a_meeting_from_its_plan_to_its_decisions(members: dict[str, CodafMember]) -> None:
    client = client_of(who("philippe"))
    new = form(
        formation="PLENARY",
        dated="26/10/2026",
        place="Préfecture",
        prosecutor="Mme Roux",
        agenda="Logement et chantiers",
    )
    assert "deux présidences" in text_of(client.post(f"{HOME}reunions/nouvelle/", new))

    client.post(f"{HOME}reunions/nouvelle/", new | {"prefect": "M. Blanc"})
    client.post(f"{HOME}reunions/nouvelle/", new | {"prefect": "M. Blanc"})
    met = CodafMeeting.objects.get()
    everybody = [one.pk for one in members.values()]
    client.post(path_of(met, "presences/"), form(what="call", members=everybody))
    rows = met.attendance.values_list("pk", flat=True)
    partly = client.post(path_of(met, "presences/"), form(what="hold") | {f"came-{rows[0]}": "1"})
    done = client.post(path_of(met, "presences/"), form(what="hold") | {f"came-{pk}": "1" for pk in rows}, follow=True)

    assert "de chaque personne" in text_of(partly)
    assert "La réunion est tenue" in text_of(done)
    client.post(path_of(met, "decision/"), form(text="Contrôler trois chantiers de Riom"))
    joint = form(
        title="Chantiers de Riom",
        planned_on="10/11/2026",
        categories=["LABOUR", "GENERAL_SCHEME"],
        lead=members["LABOUR"].pk,
    )
    assert "à suivre" in text_of(client.post(path_of(met, "operation/"), joint, follow=True))
    assert "1 décision part" in text_of(client.post(path_of(met, "envoyer/"), form(), follow=True))
    assert "Chantiers de Riom" in text_of(client.get(HOME))
    assert client.get(path_of(met, "dossier/")).status_code == 404, "no case in plenary"


def test_a_restricted_formation_is_not_there_for_others(members: dict[str, CodafMember]) -> None:
    met = restricted_held(members)
    put = cases.put_case(meeting_pk=met.pk, case_pk=case_of().pk, by_pk=who("philippe").pk, on=MET, at=at(MET))
    member("GENERAL_SCHEME", "lucie" if colleague() else "", first_name="Lucie")
    kept = keep_evidence(
        case_pk=None, reference=met.number, title="Note", content=b"Texte", by="x", at=at(MET),
        provenance={"body": "x", "system": "x", "extraction_at": "x", "officer": "x"},
    )  # fmt: skip
    mine, theirs = client_of(who("philippe")), client_of(colleague())

    page = mine.get(path_of(met))

    assert put.case.number in text_of(page)
    assert JournalEntry.objects.filter(action="control.codaf.read", actor="philippe").count() == 1
    for more in ("", "presences/", "apprendre/", f"pieces/{kept.pk}/"):
        assert theirs.get(path_of(met, more)).status_code == 404, more
    paper = mine.get(path_of(met, f"pieces/{kept.pk}/"))
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert JournalEntry.objects.filter(action="control.evidence_read", actor="philippe").count() == 1
    assert mine.get(path_of(plenary_held(DAY, members), f"pieces/{kept.pk}/")).status_code == 404


def test_a_declared_link_hides_the_case_of_the_meeting(members: dict[str, CodafMember]) -> None:
    met, case = restricted_held(members), case_of()
    cases.put_case(meeting_pk=met.pk, case_pk=case.pk, by_pk=who("philippe").pk, on=MET, at=at(MET))
    DeclaredLink.objects.create(user=who("philippe"), subject=case.subject, relation="COLLEAGUE", since=MET)
    client = client_of(who("philippe"))

    page = client.get(path_of(met))
    learn = client.post(
        path_of(met, "apprendre/"),
        form(codaf_case=met.cases.get().pk, member=members["LABOUR"].pk, content="Salariée depuis mars 2026"),
    )

    kept = keep_evidence(
        case_pk=None, reference=met.number, title="Note", content=b"Texte", by="x", at=at(MET),
        provenance={"body": "x", "system": "x", "extraction_at": "x", "officer": "x"},
    )  # fmt: skip
    assert client.get(path_of(met, f"pieces/{kept.pk}/")).status_code == 403
    assert "Un dossier vous est fermé" in text_of(page)
    assert "Famille Martin" not in text_of(page)
    assert learn.status_code == 403
    assert not ObtainedInformation.objects.exists()


def test_papers_and_information_of_a_restricted_formation(members: dict[str, CodafMember]) -> None:
    met, case, client = restricted_held(members), case_of(), client_of(who("philippe"))
    client.post(path_of(met, "dossier/"), form(case=case.pk))
    put = met.cases.get()

    learnt = form(codaf_case=put.pk, member=members["LABOUR"].pk, content="Salariée depuis mars 2026")
    assert "avec son origine" in text_of(client.post(path_of(met, "apprendre/"), learnt, follow=True))
    client.post(path_of(met, "apprendre/"), learnt)
    paper = form(member=members["LABOUR"].pk, papers=SimpleUploadedFile("note.pdf", PDF))
    assert "La pièce est gardée" in text_of(client.post(path_of(met, "piece/"), paper, follow=True))
    wrong = client.post(
        path_of(met, "piece/"), form(member=members["LABOUR"].pk, papers=SimpleUploadedFile("x.pdf", b"MZ"))
    )
    assert wrong.status_code == 422
    assert client.post(path_of(met, "parquet/"), form(codaf_case=0)).status_code == 422
    assert (
        "transmis au parquet"
        in text_of(client.post(path_of(met, "parquet/"), form(codaf_case=put.pk), follow=True)).lower()
    )
    assert (
        ObtainedInformation.objects.count(),
        EvidenceItem.objects.filter(reference=met.number, case=None).count(),
    ) == (1, 1)


def test_an_operation_gets_its_result(members: dict[str, CodafMember]) -> None:
    met, client = plenary_held(members=members), client_of(who("philippe"))
    joint = form(
        title="Chantiers de Riom", planned_on="15/10/2026", categories=["LABOUR", "POLICE"], lead=members["LABOUR"].pk
    )
    client.post(path_of(met, "operation/"), joint)
    path = f"{HOME}operations/{JointOperation.objects.get().pk}/"

    wrong = client.post(
        path, form(what="done", done_on="15/10/2026", checks="douze", sanctions="1", result="Deux salariés")
    )
    done = client.post(
        path, form(what="done", done_on="15/10/2026", checks="12", sanctions="1", result="Deux salariés"), follow=True
    )
    again = client.post(path, form(what="abandon", result="Finalement non, rien"))

    assert (wrong.status_code, again.status_code) == (422, 409)
    assert "12 contrôles, 1 sanction." in text_of(done)
    assert client_of(colleague()).post(path, form(what="done")).status_code == 404, "no seat, no word"


def test_the_report_is_made_written_and_sent(members: dict[str, CodafMember]) -> None:
    plenary_held(members=members)
    client, key = client_of(who("philippe")), str(uuid4())

    page = client.get(f"{HOME}comptes-rendus/")
    client.post(f"{HOME}comptes-rendus/", {"key": key, "year": "2026"})
    made = CodafReport.objects.get()
    path = f"{HOME}comptes-rendus/{made.pk}/"
    assert client.get(f"{path}pdf/").status_code == 404
    write_letters()

    assert "13 151 dans tous les départements en 2023" in text_of(page)
    assert client.get(f"{path}pdf/")["Content-Type"] == "application/pdf"
    assert client_of(colleague()).post(path, form()).status_code == 422
    assert "Envoyé à la mission nationale" in text_of(client.post(path, form(), follow=True))


def test_members_are_named_and_leave(members: dict[str, CodafMember]) -> None:
    client, path = client_of(who("philippe")), f"{HOME}membres/nouveau/"
    told = form(category="HEALTH_AGENCY", body="ARS", first_name="Ana", last_name="Roy", valid_from="26/10/2026")

    wrong, done = client.post(path, told | {"category": "SELF_EMPLOYED"}), client.post(path, told, follow=True)
    ana = CodafMember.objects.get(last_name="Roy")
    left = client.post(f"{HOME}membres/{ana.pk}/fin/", form(), follow=True)

    assert wrong.status_code == 422
    assert "Ana Roy siège" in text_of(done)
    assert "ne siège plus" in text_of(left)
    ana.refresh_from_db()
    assert ana.valid_to == DAY + timedelta(days=1), "her last day is today"
    assert client_of(colleague()).get(path).status_code == 404
