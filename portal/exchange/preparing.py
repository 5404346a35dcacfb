"""Preparing a file: read, checked, derived, sealed. Nothing here asks the database, so that it can run ahead of it."""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import zstandard

from portal.exchange.checking import Checked, check
from portal.exchange.flows import FlowKind, kind_for, kind_named, nearest_kind
from portal.exchange.models import FileOrigin
from portal.exchange.reading import Incoming, Refusal, read
from portal.people.vault import encrypt, lookup_keys

PIECE = 4_000_000


@dataclass(frozen=True)
class Ready:
    """Valid rows as their table holds them (with LINE), and the identifiers they name: kind, and `lookup_keys`."""

    rows: pl.DataFrame = field(default_factory=pl.DataFrame)
    identifiers: list[tuple[str, pl.DataFrame]] = field(default_factory=list)


@dataclass(frozen=True)
class Prepared:
    """A file as it will be kept (`pieces`) and applied (`ready`); when it is refused, `incoming` says why."""

    incoming: Incoming
    pieces: list[bytes]
    kind: FlowKind | None
    scope: list[str]
    checked: Checked
    ready: Ready
    origin: FileOrigin = FileOrigin.FLOW

    @property
    def count(self) -> int:
        return self.incoming.count


def prepare_file(path: Path) -> Prepared:
    """Read and check a file. Never raises for what the file holds."""
    incoming = read(path)
    return prepare(incoming, _kind_of(incoming))


def prepare(incoming: Incoming, kind: FlowKind | None) -> Prepared:
    """Check what was read, as rows of `kind`."""
    checked, ready = Checked(pl.DataFrame(), {}, {}), Ready()
    if kind and not incoming.refusals:
        missing = sorted(kind.required_columns - set(incoming.header))
        if missing:
            incoming.refusals.append(Refusal("column_missing", "Colonnes absentes : " + ", ".join(missing) + "."))
    if kind is None and not incoming.refusals:
        incoming.refusals.append(_unknown(incoming))
    if kind and not incoming.refusals:
        checked = check(incoming.rows, kind)
        _control_totals(incoming, kind)
    if kind and not incoming.refusals:
        ready = prepare_rows(checked.valid, kind)
    return Prepared(incoming, _sealed(incoming.content), kind, _scope(incoming, kind), checked, ready)


def prepare_rows(valid: pl.DataFrame, kind: FlowKind) -> Ready:
    """The table's rows of valid cells. Identifiers are made compact (no spaces, no dots, capitals) before their key."""
    identifiers = []
    for name, of_kind in kind.identified.items():
        compact = valid[name].str.replace_all(r"[\s.]", "").str.to_uppercase().replace("", None)
        keys = lookup_keys(compact, of_kind)
        known = compact.to_frame("value").join(keys, on="value", how="left", maintain_order="left")
        valid = valid.with_columns(compact, known["key"].alias(f"{name}_key"))
        identifiers.append((of_kind, keys))
    if valid.is_empty():
        return Ready()
    constants = [pl.lit(value).alias(name) for name, value in kind.constant.items()]
    return Ready(kind.derive(valid).with_columns(constants), identifiers)


def _unknown(incoming: Incoming) -> Refusal:
    near = nearest_kind(incoming.header)
    if near and near[1]:
        return Refusal(
            "kind_unknown", f"On ne reconnaît pas ce flux. Pour {near[0].name}, il manque : {', '.join(near[1])}."
        )
    if near:
        sentence = "Cet en-tête est celui de plusieurs flux : le nom du fichier ou son manifeste doit dire lequel."
        return Refusal("kind_unknown", sentence)
    return Refusal("kind_unknown", "On ne reconnaît pas ce flux : ni manifeste, ni en-tête, ni nom ne le disent.")


def _sealed(content: bytes) -> list[bytes]:
    """The content in pieces, each compressed, then encrypted."""
    compressor = zstandard.ZstdCompressor(level=1)
    return [encrypt(compressor.compress(content[start : start + PIECE])) for start in range(0, len(content), PIECE)]


def _scope(incoming: Incoming, kind: FlowKind | None) -> list[str]:
    """The funds that the file speaks for."""
    if kind is None or not kind.fund or kind.fund not in incoming.rows.columns:
        return []
    column = next(column for column in kind.columns if column.name == kind.fund)
    return sorted(incoming.rows.select(column.parsed()).to_series().drop_nulls().unique().to_list())


def _kind_of(incoming: Incoming) -> FlowKind | None:
    named = incoming.manifest.get("kind")
    if named:
        try:
            return kind_named(str(named))
        except KeyError:
            incoming.refusals.append(Refusal("kind_unknown", f"Le manifeste annonce un flux inconnu : « {named} »."))
            return None
    return kind_for(incoming.header, incoming.name)


def _control_totals(incoming: Incoming, kind: FlowKind) -> None:
    """The manifest's count, sum and hash against the content (CMG-027): a difference refuses the whole file."""
    manifest, rows = incoming.manifest, incoming.rows
    if manifest.get("rows") is not None and manifest["rows"] != incoming.count:
        incoming.refusals.append(Refusal("CMG-027", f"{manifest['rows']} lignes annoncées, {incoming.count} trouvées."))
    if manifest.get("sha256") and str(manifest["sha256"]).lower() != incoming.sha256:
        incoming.refusals.append(Refusal("CMG-027", "L’empreinte du fichier n’est pas celle du manifeste."))
    if manifest.get("sum_cents") is None:
        return
    total = 0
    if kind.money:
        column = next(column for column in kind.columns if column.name == kind.money)
        amounts = rows.select(raw=pl.col(kind.money), cents=column.parsed())
        if (
            amounts.filter(pl.col("raw").is_not_null() & pl.col("cents").is_null()).height
            or incoming.count > rows.height
        ):
            # A sum cannot be proven over amounts that are not amounts: their rows are rejected one by one.
            return
        total = int(amounts["cents"].sum() or 0)
    if manifest["sum_cents"] != total:
        incoming.refusals.append(
            Refusal("CMG-027", f"Somme annoncée {manifest['sum_cents']} centimes, somme trouvée {total} centimes.")
        )
