"""The files of a group of families before they are written, and how a clean one is built."""

from dataclasses import dataclass, fields, replace
from typing import Self

import polars as pl
from polars import Expr

from cmg.population import rights, work
from cmg.population.households import children, households
from cmg.population.plan import STRUCTURE, Month
from portal.invented.draws import Draws


@dataclass(frozen=True, slots=True)
class Bundle:
    """One frame per kind of file. Every row keeps its family's columns, so that an anomaly can tell its own."""

    accounts: pl.DataFrame
    rights_fund: pl.DataFrame
    rights_pajemploi: pl.DataFrame
    requests: pl.DataFrame
    employees: pl.DataFrame
    declarations: pl.DataFrame
    structure_invoices: pl.DataFrame

    def filter(self, condition: Expr) -> Self:
        """The rows of the families meeting the condition."""
        return type(self)(*(getattr(self, field.name).filter(condition) for field in fields(self)))

    def with_rights(self, **columns: Expr) -> Self:
        """The same change on both sides."""
        return replace(
            self,
            rights_fund=self.rights_fund.with_columns(**columns),
            rights_pajemploi=self.rights_pajemploi.with_columns(**columns),
        )

    def with_fund(self, **columns: Expr) -> Self:
        """A change of the fund's side alone."""
        return replace(self, rights_fund=self.rights_fund.with_columns(**columns))

    def with_pajemploi(self, **columns: Expr) -> Self:
        """A change of Pajemploi's copy alone."""
        return replace(self, rights_pajemploi=self.rights_pajemploi.with_columns(**columns))

    def with_account(self, **columns: Expr) -> Self:
        """A change of the employer accounts."""
        return replace(self, accounts=self.accounts.with_columns(**columns))

    def hit(self, condition: Expr | None = None) -> Self:
        """Mark the declarations the anomaly concerns: all, or those meeting the condition."""
        mark = pl.lit(value=True) if condition is None else condition
        return replace(self, declarations=self.declarations.with_columns(hit=mark))


def clean(plan: pl.DataFrame, draws: Draws, month: Month) -> Bundle:
    """The planned families with nothing wrong: both sides of every right are equal."""
    families = households(plan, draws, month)
    offspring = children(families, draws, month)
    decided = rights.rights(offspring, draws, month)
    jobs = work.contracts(offspring, draws)
    return Bundle(
        accounts=families.filter(pl.col("kind") != STRUCTURE),
        rights_fund=decided,
        rights_pajemploi=decided,
        requests=rights.requests(offspring, draws, month),
        employees=work.employees(jobs, draws, month),
        declarations=work.declarations(jobs, draws, month),
        structure_invoices=rights.invoices(offspring, draws, month),
    )


def joined(bundles: list[Bundle]) -> Bundle:
    """The rows of all, in that order."""
    return Bundle(
        *(pl.concat([getattr(one, field.name) for one in bundles], how="diagonal_relaxed") for field in fields(Bundle))
    )
