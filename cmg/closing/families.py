"""The families that a slice works on: those whose bucket lies in [low, high), or a few named ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from portal.exchange.buckets import BUCKETS, bucket_of


@dataclass(frozen=True)
class Families:
    """Buckets [low, high); with `employers`, those accounts alone. Conditions are SQL, to stand in a bound query."""

    low: int = 0
    high: int = BUCKETS
    employers: tuple[str, ...] | None = None

    @classmethod
    def named(cls, employers: Sequence[str]) -> "Families":
        """A few families by employer number."""
        return cls(employers=tuple(sorted(set(employers))))

    def where(self, alias: str) -> str:
        """A condition on a table with `bucket` and `employer_no`.

        Named families keep a condition on their buckets: received rows are searched by bucket.
        """
        if self.employers is None:
            return f"{alias}.bucket >= {self.low} AND {alias}.bucket < {self.high}"
        buckets = ", ".join(str(one) for one in sorted({bucket_of(employer) for employer in self.employers}))
        return f"{alias}.bucket IN ({buckets}) AND {self._named(alias)}"

    def declaring(self, alias: str, month: date) -> str:
        """A condition on a table with `employer_no` alone: the families that declared `month`."""
        if self.employers is not None:
            return self._named(alias)
        return (
            f"{alias}.employer_no IN (SELECT employer_no FROM cmg_declaration "
            f"WHERE care_month = '{month}' AND bucket >= {self.low} AND bucket < {self.high})"
        )

    def _named(self, alias: str) -> str:
        with connection.cursor() as cursor:
            listed: str = cursor.cursor.mogrify("%s::text[]", (list(self.employers or ()),)).decode()
        return f"{alias}.employer_no = ANY ({listed.replace('%', '%%')})"
