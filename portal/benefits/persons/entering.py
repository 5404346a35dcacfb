"""What a person tells of a family enters as a file of its kind does: the same checks, versions and history (0012)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import polars as pl
from django.db import models, transaction

from portal.audit.operations import journal
from portal.benefits.flows.kinds import DECISIONS, SCHOOLING
from portal.benefits.models import CommissionDecision, EnteredAct, EnteredFacts, Numbered, Schooling
from portal.exchange.checking import check
from portal.exchange.errors import RowError
from portal.exchange.flows import FlowKind
from portal.exchange.models import FileOrigin
from portal.exchange.operations import hold_flow, import_rows
from portal.exchange.reading import LINE, Incoming
from portal.exchange.received import CURRENT

KINDS: dict[EnteredAct, tuple[FlowKind, type[Numbered]]] = {
    EnteredAct.SCHOOLING: (SCHOOLING, Schooling), EnteredAct.DECISION: (DECISIONS, CommissionDecision),
}  # fmt: skip
CHANGED = "Cette information a changé pendant votre lecture : relisez-la, puis recommencez. Rien n’a été enregistré."
HELD = {
    EnteredAct.SCHOOLING: "Une réponse est déjà enregistrée pour cet enfant et cette rentrée : ouvrez-la, puis corrigez-la.",
    EnteredAct.DECISION: "Ce numéro est déjà celui d’une décision de cette caisse : ouvrez-la pour la corriger.",
}
Cells = Mapping[str, str]


class EntryWrong(Exception):
    """What was told cannot enter: `errors` by column, in French, as the file of its kind would be told.

    `formless` are the columns that are empty or of another form than the file's: a page asks for its own form there.
    """

    def __init__(self, errors: dict[str, str], formless: frozenset[str] = frozenset()) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors, self.formless = errors, formless


class AlreadyHeld(EntryWrong):
    """A row of this key is held, and the page had not shown it: it is opened and corrected, never covered unseen."""


class ChangedMeanwhile(Exception):
    """Somebody else, or a file, changed a row since it was read: nothing is overwritten."""

    def __init__(self) -> None:
        super().__init__(CHANGED)


@dataclass(frozen=True)
class Telling:
    """Who tells what of which family. `rows` are cells as a file writes them; `read` is what the page had shown: for each
    row, the key of its current version, or None when there was none."""

    act: EnteredAct
    fund: str
    beneficiary_no: str
    rows: Sequence[Cells]
    read: Sequence[int | None]
    origin: FileOrigin
    by: str
    at: datetime
    reason: str = ""

    @property
    def subject(self) -> str:
        return f"family:{self.fund}/{self.beneficiary_no}"


def enter(*, form_key: UUID, told: Telling) -> tuple[EnteredFacts, bool]:
    """Enter what was told, in one transaction; a second sending gives the first receipt and True.

    Raises EntryWrong, or ChangedMeanwhile; nothing is entered then.
    """
    kind, model = KINDS[told.act]
    with transaction.atomic():
        hold_flow(kind)
        first = EnteredFacts.objects.filter(form_key=form_key).first()
        if first is not None:
            if (first.act, first.fund, first.beneficiary_no) != (told.act, told.fund, told.beneficiary_no):
                raise ChangedMeanwhile
            return first, True
        held = _held(kind, model, told)
        rows = _frame(kind, told, held)
        errors = check(rows, kind).errors
        if errors:
            raise _wrong([one for line in errors.values() for one in line])
        entered = _keep(kind, rows, told, form_key)
    return entered, False


def _wrong(errors: Sequence[RowError]) -> EntryWrong:
    formless = frozenset(one["column"] for one in errors if one["code"] in ("required", "bad_value"))
    return EntryWrong({one["column"]: one["message"] for one in errors}, formless)


def _held(kind: FlowKind, model: type[Numbered], told: Telling) -> list[Numbered | None]:
    """The current version of each row, which must be the one that was shown, and of this family."""
    family = {"fund": told.fund, "beneficiary_no": told.beneficiary_no}
    found = [_current(kind, model, dict(cells) | family) for cells in told.rows]
    for one, read in zip(found, told.read, strict=True):
        if one is not None and (read is None or one.beneficiary_no != told.beneficiary_no):
            raise AlreadyHeld({kind.key[-1]: HELD[told.act]})
        if (one.pk if one else None) != read:
            raise ChangedMeanwhile
    return found


def _current(kind: FlowKind, model: type[Numbered], cells: Cells) -> Numbered | None:
    """Cells that are not even values have no version: the check says so next."""
    known = pl.DataFrame({name: [cells.get(name) or None] for name in _names(kind)}, schema=_texts(kind))
    key = known.select(one.parsed().alias(one.name) for one in kind.columns if one.name in kind.key).row(0, named=True)
    if None in key.values():
        return None
    rows: models.QuerySet[Numbered] = model._default_manager.filter(CURRENT, **key)
    return rows.first()


def _names(kind: FlowKind) -> list[str]:
    return [column.name for column in kind.columns]


def _texts(kind: FlowKind) -> dict[str, type[pl.DataType]]:
    return dict.fromkeys(_names(kind), pl.String)


def _frame(kind: FlowKind, told: Telling, held: Sequence[Numbered | None]) -> pl.DataFrame:
    """The rows as a file would bring them, heard now: newer than what is held, whatever the clock of its sender."""
    family = {"fund": told.fund, "beneficiary_no": told.beneficiary_no}
    rows = [
        {name: value or None for name, value in cells.items()}
        | family
        | {"updated_at": max(told.at, one.updated_at if one and one.updated_at else told.at).isoformat()}
        for cells, one in zip(told.rows, held, strict=True)
    ]
    shown = [{name: row.get(name) for name in _names(kind)} for row in rows]
    return pl.DataFrame(shown, schema=_texts(kind)).with_columns(
        pl.int_range(2, 2 + pl.len(), dtype=pl.Int64).alias(LINE)
    )


def _keep(kind: FlowKind, rows: pl.DataFrame, told: Telling, form_key: UUID) -> EnteredFacts:
    """The rows enter as the file of their kind that they are: it is kept whole, under the key of its form."""
    name = f"{told.act.value.lower()}-{form_key}.csv"
    content = rows.drop(LINE).write_csv().encode()
    incoming = Incoming(name, content, {"sender": f"portail:{told.by}"}, header=_names(kind), rows=rows)
    report = import_rows(incoming, kind, received_at=told.at, origin=told.origin)
    # Checked above under the same lock: what is left to refuse would be a fault of ours, and undoes all.
    assert report.file is not None
    assert not report.rejected
    entered = EnteredFacts.objects.create(
        form_key=form_key, act=told.act, fund=told.fund, beneficiary_no=told.beneficiary_no, file_id=report.file,
        reason=told.reason[:300], done_by=told.by, done_at=told.at,
    )  # fmt: skip
    journal(
        actor=told.by, action=f"benefits.{told.act.value.lower()}.entered", subject=told.subject,
        detail={"entry": entered.pk, "rows": rows.height}, at=told.at,
    )  # fmt: skip
    return entered
