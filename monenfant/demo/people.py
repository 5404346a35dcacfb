"""Those of the demonstration who receive children, and what they work for."""

from datetime import date
from typing import Any

from monenfant.models import CarePlace, Manager, ProAccessGrant, Provider
from portal.accounts.models import User

SINCE = date(2024, 9, 1)
LUCIOLES, VILLE, MONIQUE, RELAIS = "S6399001", "26630001100019", "AM6399001", "R63990"
CONTACTS = {"phone": "06 39 98 63 01", "fund": "CAF63", "updated_at": "2026-10-01T06:00:00+02:00"}
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "07:30-18:30")
RIOM = {"postcode": "63200", "city": "Riom", "insee_code": "63300"}
# The places of the people who enter, as their files would tell them.
NAMED: dict[str, dict[str, Any]] = {
    "care-structures": {
        **CONTACTS, **RIOM, **WEEK, "cnaf_id": LUCIOLES, "siret": "26630001100027", "name": "Les Lucioles",
        "type": "COLLECTIVE", "funding": "PSU", "manager_siret": VILLE, "manager_name": "Petite enfance de Riom",
        "capacity": "24", "age_min_months": "2", "age_max_months": "36", "address": "12 rue du Commerce",
        "lat": "45.8937", "lon": "3.1127", "email": "lucioles@demo.example", "listing_status": "LISTED",
        "closed_periods": "2026-12-24/2027-01-04", "software_vendor": "LOGICRECHE",
    },
    "childminder-approvals": {
        **{name: value for name, value in CONTACTS.items() if name != "fund"}, "approval_number": "A63-6399001",
        "childminder_no": MONIQUE, "departement": "63", "last_name": "Pereira", "first_names": "Monique",
        "start": "2024-03-01", "end": "2029-03-01", "max_children": "4", "place": "HOME", "address": "8 rue des Lilas",
        "postcode": "63800", "city": "Cournon-d’Auvergne", "insee_code": "63124", "lat": "45.7399", "lon": "3.1968",
        "email": "monique@demo.example", "employer_kind": "PARENTS", "publication_authorised_on": "2024-03-01",
        "hides_address": "1", "hides_email": "0", "hides_phone": "0",
    },
    "childcare-desks": {
        **CONTACTS, **RIOM, "desk_no": RELAIS, "kind": "CHILDCARE_DESK", "name": "Relais petite enfance de Riom",
        "address": "3 place de la Fédération", "lat": "45.8930", "lon": "3.1130", "email": "relais.riom@demo.example",
        "served": "63300|63203|63224|63245|63327|63401|63427|63290",
    },
}  # fmt: skip


def give_access() -> None:
    """Each may report, or answer for, what is theirs; a second call changes nothing."""
    place = CarePlace.objects.get(provider=Provider.CHILDMINDER, number=MONIQUE)
    for username, subject in (
        ("monique", {"place": place}),
        ("yann", {"manager": Manager.objects.get(siret=VILLE)}),
        ("celine", {"desk_no": RELAIS}),
    ):
        user = User.objects.get(username=username)
        ProAccessGrant.objects.get_or_create(user=user, **subject, defaults={"start": SINCE})
