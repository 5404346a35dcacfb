"""The families of the demonstration: some three thousand of Auvergne, and those who are named, linked to their parents."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
from allauth.socialaccount.models import SocialAccount

from portal.benefits.demo.people import NAMED, rows
from portal.benefits.flows.kinds import KINDS
from portal.benefits.models import FamilyFile
from portal.benefits.persons.linking import link_own_benefits, own_subject
from portal.benefits.population import generate
from portal.exchange.flows import FlowKind
from portal.exchange.operations import import_file

FAMILIES, SEED = 3_000, 2026
PARIS = ZoneInfo("Europe/Paris")
FUNDS = ("CAF03", "CAF15", "CAF43", "CAF63", "MSA63")


def load(folder: Path, on: date) -> str:
    """Bring the files in, link the named parents; what was done, in words. A second call changes nothing."""
    if not FamilyFile.objects.exists():
        made = generate(FAMILIES, SEED, folder, school_year=on.year, funds=FUNDS)
        # An hour after the rows were written: what a run of August reads was known to it.
        received_at = datetime(on.year, 8, 1, 7, tzinfo=PARIS)
        for path in [*made.files, *_written(folder / "nommees")]:
            _take_in(path, received_at)
    linked = link_parents(on)
    return f"{FamilyFile.objects.count()} familles de l’ARS et de l’AEEH, {linked} parents reliés"


def _take_in(path: Path, received_at: datetime) -> None:
    report = import_file(path, received_at=received_at)
    if report.rejected or report.refusals:
        raise RuntimeError(f"{path.name} : {report.rejected} lignes rejetées, {report.refusals}")


def _written(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    told = rows()
    return [_write(folder, kind, told[kind.name]) for kind in KINDS if kind.name in told]


def _write(folder: Path, kind: FlowKind, frame: pl.DataFrame) -> Path:
    names = [column.name for column in kind.columns]
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in names if name not in frame.columns]
    path = folder / f"{kind.name}.csv"
    frame.with_columns(absent).select(names).write_csv(path, null_value="")
    return path


def link_parents(on: date) -> int:
    """The named parents who have an account are linked by their number, as their first visit would; once."""
    linked = 0
    for one in NAMED:
        claims = {"given_name": one.first_names, "family_name": one.last_name.upper()}
        who = {f"extra_data__{name}": value for name, value in claims.items()}
        account = SocialAccount.objects.filter(**who, extra_data__birthdate=one.born).select_related("user").first()
        if one.account and account is not None and not own_subject(account.user, on):
            link_own_benefits(user_pk=account.user_id, number=one.number, on=on)
            linked += 1
    return linked
