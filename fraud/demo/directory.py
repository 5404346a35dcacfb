"""Bodies, designations and keys: the funds of Auvergne and the health agency are played here, the others are elsewhere."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from fraud.directory.operations import review
from fraud.envelopes import jose, keys
from fraud.envelopes.authority import create_root, read_root, root_key_path
from fraud.envelopes.certificates import certify, pem
from fraud.models import AuthorisedOfficer, BodyNature, ExchangeBody, KeyUse, OfficerCategory
from portal.accounts.models import User
from portal.accounts.permissions import moment_on
from portal.organisations.directory import funds

SINCE = date(2019, 1, 1)
FUNDS = ("CAF63", "CAF43", "CAF03", "CAF15", "MSA63")
AUVERGNE = ["03", "15", "43", "63"]
AGENCY = ("ARS84", "Agence régionale de santé Auvergne-Rhône-Alpes", BodyNature.HEALTH_AGENCY, [*AUVERGNE, "42", "69"])
ELSEWHERE = (
    ("FT", "France Travail", BodyNature.EMPLOYMENT),
    ("DGFIP", "Direction générale des finances publiques", BodyNature.STATE),
    ("URSSAF", "Urssaf, centre Pajemploi", BodyNature.COLLECTION),
)
KEY_AGE, KEY_DAYS = timedelta(days=200), 365
OLD_AGE = timedelta(days=400)


@dataclass(frozen=True)
class Designated:
    """One designation of the demonstration; `username` is empty for an officer of a body that is elsewhere."""

    username: str
    first_name: str
    last_name: str
    body: str
    category: OfficerCategory
    act_no: str
    act_dated: date
    signatory: str
    quality: str
    valid_from: date
    valid_to: date
    scopes: tuple[str, ...]


OF_FUND = ("FAMILY", "CHILDCARE", "SUPPORT", "HOUSING", "SOLIDARITY")
HELENE = ("Hélène Marchetti", "Directrice")
C = OfficerCategory
DESIGNATED = (
    Designated("philippe", "Philippe", "Aubert", "CAF63", C.SCHEME_CONTROL, "2025-004", date(2025, 2, 17), *HELENE,
               date(2025, 3, 1), date(2028, 3, 1), OF_FUND),
    Designated("sylvie", "Sylvie", "Mercier", "CAF63", C.SCHEME_MANAGEMENT, "2026-011", date(2026, 5, 28), *HELENE,
               date(2026, 6, 1), date(2029, 6, 1), OF_FUND),
    Designated("clemence", "Clémence", "Ortega", "ARS84", C.HEALTH_AGENCY, "2025-DG-318", date(2025, 10, 20), "Paul Roussel",
               "Directeur général", date(2025, 11, 1), date(2026, 11, 1), ("HEALTH", "CHILDCARE")),
    Designated("denis", "Denis", "Prat", "ARS84", C.HEALTH_AGENCY, "2025-DG-305", date(2025, 10, 13), "Paul Roussel",
               "Directeur général", date(2025, 10, 26), date(2026, 10, 26), ("HEALTH",)),
    Designated("", "Claire", "Fontaine", "FT", C.POLE_EMPLOI, "2026-FT-77", date(2026, 1, 5), "Marie Lenoir",
               "Directrice générale", date(2026, 1, 12), date(2029, 1, 12), OF_FUND),
    Designated("", "Olivier", "Bastide", "DGFIP", C.STATE_CENTRAL, "2025-SJ-1204", date(2025, 9, 1), "Jean Mallet",
               "Directeur général", date(2025, 9, 15), date(2028, 9, 15), OF_FUND),
    Designated("", "Nadia", "Cherif", "URSSAF", C.SCHEME_CONTROL, "2026-UR-42", date(2026, 3, 2), "Alain Vidal",
               "Directeur", date(2026, 3, 9), date(2029, 3, 9), ("FAMILY", "CHILDCARE")),
)  # fmt: skip


def load(folder: Path, on: date) -> None:
    """The directory as the demonstration shows it on that day; called once."""
    _bodies()
    _designations()
    _keys(moment_on(on))
    _last_review(on)


def _bodies() -> None:
    named = funds()
    made = [
        ExchangeBody(
            code=code, name=named[code].name, nature=BodyNature.SCHEME, departements=list(named[code].departements),
            is_here=True, since=SINCE,
        )
        for code in FUNDS
    ]  # fmt: skip
    code, name, nature, departements = AGENCY
    made.append(
        ExchangeBody(
            code=code, name=name, nature=nature, departements=departements, is_here=True, since=date(2019, 12, 28)
        )
    )
    made += [
        ExchangeBody(
            code=code, name=name, nature=nature, endpoint=f"https://echanges.{code.lower()}.example", since=SINCE
        )
        for code, name, nature in ELSEWHERE
    ]
    ExchangeBody.objects.bulk_create(made)


def _designations() -> None:
    people = {user.username: user for user in User.objects.filter(username__in=[one.username for one in DESIGNATED])}
    director = User.objects.filter(username="helene").first()
    for one in DESIGNATED:
        if one.username and one.username not in people:
            continue
        AuthorisedOfficer.objects.create(
            body_id=one.body, user=people.get(one.username), first_name=one.first_name, last_name=one.last_name,
            category=one.category, act_no=one.act_no, act_dated=one.act_dated, signatory=one.signatory,
            signatory_quality=one.quality, valid_from=one.valid_from, valid_to=one.valid_to, scopes=list(one.scopes),
            designated_by=director if one.body == "CAF63" else None,
        )  # fmt: skip


def _keys(at: datetime) -> None:
    """A root of its own, beside the data of the demonstration; a key to sign and a key to receive for each body."""
    create_root("Autorité de la démonstration")
    root, root_key = read_root(root_key_path())
    for body in ExchangeBody.objects.order_by("code"):
        for use in KeyUse.values:
            if body.is_here:
                keys.new_key(
                    body_code=body.code, use=use, root=root, root_key=root_key, valid_from=at - KEY_AGE, by="demonstration",
                    days=KEY_DAYS,
                )  # fmt: skip
                continue
            public = jose.new_key().public_key
            made = certify(
                public,
                body=body.code,
                use=use,
                valid_from=at - KEY_AGE,
                valid_to=at + KEY_AGE,
                root=root,
                root_key=root_key,
            )  # type: ignore[arg-type]
            keys.install(certificates=pem([made]), by="demonstration")
    # The one before: it signs nothing any more, and still proves what it signed.
    keys.new_key(
        body_code="CAF63", use=KeyUse.SIGN, root=root, root_key=root_key, valid_from=at - OLD_AGE, by="demonstration",
        days=KEY_DAYS,
    )  # fmt: skip


def _last_review(on: date) -> None:
    """The review of last quarter was done; this quarter's waits for the director."""
    director = User.objects.filter(username="helene").first()
    then = date(2026, 7, 6)
    if director is None or then >= on:
        return
    for officer in AuthorisedOfficer.objects.filter(body="CAF63", valid_from__lt=then):
        review(officer_pk=officer.pk, is_kept=True, by_pk=director.pk, at=moment_on(then), on=then)
