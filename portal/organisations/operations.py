"""Loading the directory of bodies into the database."""

from portal.organisations.directory import funds
from portal.organisations.models import Organisation


def load_directory() -> int:
    """Every fund and Urssaf of the directory; what is there is brought up to date. Returns how many."""
    rows = [
        Organisation(
            code=fund.code, name=fund.name, body=fund.body, seat_departement=fund.seat_departement,
            departements=list(fund.departements), seat_city=fund.seat_city,
        )
        for fund in funds().values()
    ]  # fmt: skip
    Organisation.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"],
        update_fields=["name", "body", "seat_departement", "departements", "seat_city"],
    )  # fmt: skip
    return len(rows)
