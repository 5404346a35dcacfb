"""django-hordak on the entries of bench.ledger, in the database of DATABASE_URL: SINGLES MANY; says seconds and MiB, as JSON.

Each entry has four legs. One by one, an entry and its legs are one transaction, as hordak's guide shows. It has no
bulk posting of its own: `bulk_create` of Django is the best that its tables allow, without what its `save` checks.
"""

import json
import sys
import time
from datetime import date
from pathlib import Path

import dj_database_url
import django
from django.conf import settings

AMOUNTS = {"1": -300, "3": 300, "4": 200, "6": -200}
DAY = date(2026, 10, 26)


def main(singles: int, many: int) -> None:
    settings.configure(
        DATABASES={"default": dj_database_url.config(conn_max_age=600)},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        DEFAULT_CURRENCY="EUR",
    )
    django.setup()
    from django.core.management import call_command
    from django.db import transaction
    from hordak.models import Account, Leg, Transaction
    from moneyed import Money

    call_command("migrate", verbosity=0, interactive=False)
    accounts = {code: Account.objects.create(name=code, code=code, type="AS", currencies=["EUR"]) for code in AMOUNTS}

    def leg(entry: Transaction, code: str, cents: int) -> Leg:
        side = "debit" if cents > 0 else "credit"
        return Leg(transaction=entry, account=accounts[code], **{side: Money(abs(cents) / 100, "EUR")})

    said = {}
    start = time.perf_counter()
    for number in range(singles):
        with transaction.atomic():
            entry = Transaction.objects.create(date=DAY, description=f"one:{number}")
            for code, cents in AMOUNTS.items():
                leg(entry, code, cents).save()
    said["single"] = time.perf_counter() - start
    start = time.perf_counter()
    with transaction.atomic():
        entries = Transaction.objects.bulk_create(
            [Transaction(date=DAY, description=f"bulk:{number}") for number in range(many)], batch_size=5_000
        )
        legs = [leg(entry, code, cents) for entry in entries for code, cents in AMOUNTS.items()]
        Leg.objects.bulk_create(legs, batch_size=5_000)
    said["many"] = time.perf_counter() - start
    assert Leg.objects.count() == 4 * (singles + many)
    memory = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
    sys.stdout.write(json.dumps(said | {"peak": int(memory) // 1024}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
