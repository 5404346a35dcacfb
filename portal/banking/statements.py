"""Whether the bank's statements hold together: no number lacks, each adds up, each begins where the last one ended."""

from django.db.models import F, Window
from django.db.models.functions import ExtractYear, Lag

from portal.banking.models import BankStatement
from portal.legislation.words import sum_in_words


def statement_faults(count: int = 20) -> list[str]:
    """What is wrong, one French sentence each, the latest first, `count` at most; empty when all holds together."""
    # A bank may begin its numbers anew each year.
    former = {"partition_by": ["account", "year"], "order_by": ["number", "pk"]}
    statements = (
        BankStatement.objects.filter(number__isnull=False)
        .annotate(year=ExtractYear("closed_on"))
        .annotate(
            former_number=Window(Lag("number"), **former),
            former_closing_cents=Window(Lag("closing_cents"), **former),
        )
        .order_by("account", "-number")
    )
    found = [
        f"Relevé n° {row.number} du compte {row.account} : ses mouvements font {sum_in_words(row.moved_cents)}, "
        f"ses soldes {sum_in_words(row.closing_cents - row.opening_cents)}."
        for row in BankStatement.objects.filter(opening_cents__isnull=False, closing_cents__isnull=False)
        .exclude(closing_cents=F("opening_cents") + F("moved_cents"))
        .order_by("-pk")[:count]
    ]
    for row in statements.iterator():
        if row.former_number is None or len(found) >= count:
            continue
        if row.number - row.former_number > 1:
            lacking = f"{row.former_number + 1}" + (
                f" à {row.number - 1}" if row.number - row.former_number > 2 else ""
            )
            found.append(f"Relevé n° {lacking} du compte {row.account} : jamais reçu. À redemander à la banque.")
        elif (
            row.number - row.former_number == 1
            and None not in (row.opening_cents, row.former_closing_cents)
            and row.opening_cents != row.former_closing_cents
        ):
            found.append(
                f"Relevé n° {row.number} du compte {row.account} : il s’ouvre à {sum_in_words(row.opening_cents)}, "
                f"le précédent se ferme à {sum_in_words(row.former_closing_cents)}."
            )
    return found[:count]
