"""The directory in the demonstration: its people, the authorisations of Philippe and Sylvie, some look-ups, one refused; a list
that awaits Anne's visa; the report that the act of 24 December 2019 asked for, sent late."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from cmg.demo.families import FAMILIES, GARNIER, LAMBERT, MARTIN, PETIT, ROUSSEL, Family, rows_of
from fraud.cases.opening import CaseAlreadyOpen, open_case
from fraud.demo.hours import at_hour
from fraud.models import CaseSource, ControlCase, RncpsAuthorisation, Worth
from fraud.rncps.asking import Looked, LookRefused, Wish, look
from fraud.rncps.authorising import Act, declare_own_number, give_authorisation
from fraud.rncps.confirming import confirm
from fraud.rncps.connector import Directory, HttpDirectory, Person
from fraud.rncps.following import follow_day
from fraud.rncps.ordering import ask_list
from fraud.rncps.reporting import move_report, plan_report, write_section
from fraud.rncps.stand_in import State, start_thread
from fraud.rules.parliament import ReportState
from fraud.rules.rncps import Mode, Motive
from portal.accounts.models import User
from portal.people.identity import is_nir_valid

CAF63, CAF59, FRANCE_TRAVAIL = "Caf du Puy-de-Dôme", "Caf du Nord", "France Travail Auvergne-Rhône-Alpes"
CPAM63, MSA63 = "CPAM du Puy-de-Dôme", "MSA Auvergne"
# Numbers of nobody: département codes without commune, right keys.
OWN = {"philippe": "1790863990701", "sylvie": "2790563990702"}
TWINS = ("2890163990703", "2890163990704")


def load(folder: Path, on: date) -> None:
    """What the demonstration shows on that day; a second call only writes the people again."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "rncps.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps({"people": _people()}, ensure_ascii=False), encoding="utf-8")
    if RncpsAuthorisation.objects.exists():
        return
    philippe, sylvie, helene = (User.objects.get(username=name) for name in ("philippe", "sylvie", "helene"))
    _authorise(philippe, sylvie, helene, on)
    with _directory(file) as directory:
        _look_ups(philippe, sylvie, on, directory)
        follow_day(on=on, at=at_hour(on, 7, 12), directory=directory)
    _list(sylvie, on)
    _report_of_2020(helene)


@contextmanager
def _directory(file: Path) -> Iterator[Directory]:
    """The stand-in, for the time of the look-ups of the days before."""
    server = start_thread(State(file, "portail", "chargement"))
    try:
        yield HttpDirectory(f"http://127.0.0.1:{server.server_port}", "portail", "chargement")
    finally:
        server.shutdown()


def _with_key(first: str) -> str:
    number = f"{first}{97 - int(first) % 97:02d}"
    assert is_nir_valid(number)
    return number


def _nir_of(family: Family) -> str:
    return rows_of(family)["accounts"][0]["nir"]


def _people() -> list[dict[str, Any]]:
    """The families of the stories, as the directory would know them; nobody else is invented."""
    found = [_known(family) for family in FAMILIES]
    twins = [
        _person(
            _with_key(head), "Petit", "Julie", date(1989, 1, 19), rights=[(MSA63, "Prime d’activité", "2024-05-01", "")]
        )
        for head in TWINS
    ]
    return [*found, *twins]


def _known(family: Family) -> dict[str, Any]:
    own = CAF63 if family.fund == "CAF63" else f"Caf ({family.fund.removeprefix('CAF')})"
    rights = [(own, "CMG", "2025-01-01", "")]
    more: dict[str, Any] = {}
    match family.number:
        case MARTIN.number:
            rights.append((CAF59, "CMG", "2026-07-01", ""))
        case PETIT.number:
            rights.append((FRANCE_TRAVAIL, "Allocation d’aide au retour à l’emploi", "2026-02-01", "2026-09-01"))
        case GARNIER.number:
            more["acts_as"] = "UNAVAILABLE"
        case ROUSSEL.number:
            more["acts_as"] = "REFUSED"
    return _person(_nir_of(family), family.last_name, family.first_names, family.birth, rights=rights, own=own) | more


def _person(
    nir: str, last_name: str, first_names: str, birth: date, *, rights: Sequence[tuple[str, str, str, str]], own: str = CAF63
) -> dict[str, Any]:  # fmt: skip
    return {
        "nir": nir, "last_name": last_name, "first_names": first_names, "birth_date": str(birth),
        "affiliations": [
            {"body": CPAM63, "scheme": "régime général, maladie", "since": "2012-09-01"},
            {"body": own, "scheme": "régime général, famille", "since": "2019-01-01"},
        ],
        "rights": [
            {"body": body, "benefit": benefit, "since": since} | ({"until": until} if until else {})
            for body, benefit, since, until in rights
        ],
        "address": {"lines": ["12 rue des Gras", "63000 Clermont-Ferrand"], "body": own, "declared_on": "2025-03-14"},
        "amounts": [
            {"body": body, "benefit": benefit, "month": "2026-09", "cents": 31240} for body, benefit, _since, _until in rights
        ],
    }  # fmt: skip


def _key(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"rncps-demo:{name}")


def _authorise(philippe: User, sylvie: User, helene: User, on: date) -> None:
    """By two acts of January, one of which ends soon; each has told their own number."""
    signed, first = date(2026, 1, 5), date(2026, 1, 6)
    acts = {
        philippe: ("2026-RNCPS-01", [Motive.CONTROL, Motive.FRAUD], date(2029, 1, 6)),
        sylvie: ("2026-RNCPS-02", list(Motive), on + timedelta(days=20)),
    }
    for user, (number, motives, end) in acts.items():
        declare_own_number(
            user_pk=user.pk, typed=_with_key(OWN[user.get_username()]), on=first, at=at_hour(first, 9, 12)
        )
        give_authorisation(
            user_pk=user.pk, fund="CAF63", motives=motives, act=Act(number, signed, first, end), by_pk=helene.pk,
            key=_key(number), at=at_hour(first, 10, 12), on=first,
        )  # fmt: skip


def _case(family: Family, officer: User, on: date) -> ControlCase:
    """The family's open case, or one opened for this."""
    found = ControlCase.objects.filter(fund=family.fund, subject=family.subject).exclude(state="CLOSED").first()
    if found is not None:
        return found
    try:
        return open_case(
            fund=family.fund, subject=family.subject, title="Une aide, peut-être servie par deux caisses",
            source=CaseSource.PROGRAMME, legal_basis="CSS L. 114-9",
            purpose="Vérifier qu’une seule caisse sert la prestation", benefit="CMG", officer_pk=officer.pk, on=on,
            at=at_hour(on, 9, 12), by=officer.get_username(), axis_code="RESSOURCES",
        )  # fmt: skip
    except CaseAlreadyOpen:
        return ControlCase.objects.filter(fund=family.fund, subject=family.subject).exclude(state="CLOSED").get()


def _wish(
    user: User, reference: str, name: str, day: date, motive: str = Motive.CONTROL, mode: str = Mode.REALTIME
) -> Wish:
    return Wish(
        user=user, motive=motive, reference=reference, mode=mode, key=_key(name), at=at_hour(day, 11, 12), on=day,
        categories=["IDENTITY", "AFFILIATIONS", "RIGHTS"],
    )  # fmt: skip


def _look_ups(philippe: User, sylvie: User, on: date, directory: Directory) -> None:
    """Three that were answered, one of them confirmed and one not; two refused: without a case, and of oneself."""
    opened = on - timedelta(days=20)
    martin, petit, lambert = (_case(family, sylvie, opened) for family in (MARTIN, PETIT, LAMBERT))
    _asked(_wish(sylvie, martin.number, "martin", on - timedelta(days=14)), MARTIN, directory)
    answered = _asked(_wish(sylvie, petit.number, "petit", on - timedelta(days=12)), PETIT, directory)
    confirm(
        consultation_pk=answered.row.pk, worth=Worth.CONTRADICTED, in_favour=False, body=FRANCE_TRAVAIL,
        said="L’allocation a cessé le 31 août 2026 ; rien n’a été versé depuis.", answered_on=on - timedelta(days=5),
        by_pk=sylvie.pk, on=on - timedelta(days=4), at=at_hour(on - timedelta(days=4), 15, 12),
    )  # fmt: skip
    _asked(_wish(philippe, lambert.number, "lambert", on - timedelta(days=6)), LAMBERT, directory)
    for wish, nir in (
        (_wish(philippe, "", "without", on - timedelta(days=5), Motive.FRAUD), _nir_of(LAMBERT)),
        (_wish(philippe, lambert.number, "oneself", on - timedelta(days=3)), _with_key(OWN["philippe"])),
    ):
        try:
            look(wish=wish, person=Person(nir=nir), directory=directory)
        except LookRefused:
            """Kept, with its reason: what the demonstration shows."""


def _asked(wish: Wish, family: Family, directory: Directory) -> Looked:
    return look(wish=wish, person=Person(nir=_nir_of(family)), directory=directory)


def _list(sylvie: User, on: date) -> None:
    """Awaits Anne's visa."""
    day = on - timedelta(days=1)
    ask_list(
        wish=_wish(sylvie, "RESSOURCES", "list", day, mode=Mode.COLLECTIVE),
        people=[Person(nir=_nir_of(family)) for family in (MARTIN, PETIT, GARNIER, LAMBERT)],
        purpose="Une même prestation servie par deux caisses après un déménagement, quatre dossiers tirés au sort.",
    )  # fmt: skip


TEXTS = (
    ("base", "CSS L. 114-12-1 et R. 114-25 et suivants ; loi de financement de la sécurité sociale pour 2020, article 51 quinquies "
             "du projet."),
    ("protection", "Chaque consultation a un motif et un dossier, chaque agent une habilitation individuelle ; les réponses ne sont "
                   "pas gardées. Loi du 6 janvier 1978."),
    ("couts", "Le répertoire est tenu par la Cnav ; ses coûts ne sont pas connus de ce portail."),
    ("autres", "Échanges entre organismes (L. 114-12, L. 114-16-1), droit de communication (L. 114-19), comités départementaux."),
    ("propositions", "Faire confirmer chaque piste par l’organisme qui sert la prestation, et compter aussi les droits retrouvés."),
)  # fmt: skip


def _report_of_2020(helene: User) -> None:
    """Published on 27 December 2019, due on 27 September 2020, sent on 15 October: eighteen days late."""
    planned, written, validated, sent = date(2020, 1, 6), date(2020, 9, 1), date(2020, 10, 12), date(2020, 10, 15)
    report = plan_report(
        act="Loi n° 2019-1446 du 24 décembre 2019", article="article 51 quinquies du projet de loi", published_on=date(2019, 12, 27),
        covers_from=date(2019, 1, 1), covers_to=date(2020, 1, 1), by="helene", on=planned, at=at_hour(planned, 9, 12),
    )  # fmt: skip
    for code, text in TEXTS:
        write_section(
            report_pk=report.pk,
            code=code,
            text=text,
            by_pk=helene.pk,
            key=_key(f"text:{code}"),
            on=written,
            at=at_hour(written, 10, 12),
        )
    for after, day in ((ReportState.VALIDATED, validated), (ReportState.SENT, sent)):
        move_report(report_pk=report.pk, after=after, reason="", by_pk=helene.pk, on=day, at=at_hour(day, 16, 12))
