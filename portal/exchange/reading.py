"""Reading a flow file: its manifest, its encoding, its shape. What cannot be trusted is refused as a whole, and kept."""

import csv
import hashlib
import io
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

LINE = "__line"


@dataclass(frozen=True)
class Refusal:
    """Why a whole file was refused: code, French sentence, and who can mend it."""

    code: str
    message: str
    remedy: str = "À corriger par l’émetteur, puis à renvoyer en entier."

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message, "remedy": self.remedy}


@dataclass
class Incoming:
    """A file as read: `rows` holds every cell as text (null when empty) with its line number in LINE."""

    name: str
    content: bytes
    manifest: dict[str, object]
    header: list[str] = field(default_factory=list)
    rows: pl.DataFrame = field(default_factory=pl.DataFrame)
    ragged: list[tuple[int, list[str]]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read(path: Path) -> Incoming:
    """The file and its manifest (``NAME.manifest.json``). Never raises for what the file holds: see `refusals`."""
    incoming = Incoming(name=path.name, content=path.read_bytes(), manifest={})
    manifest = manifest_of(path)
    if manifest.exists():
        _read_manifest(incoming, manifest)
    _read_content(incoming)
    return incoming


def manifest_of(path: Path) -> Path:
    """Where the manifest of a file lies, when it has one."""
    return path.with_name(path.name.removesuffix(".csv") + ".manifest.json")


def _read_manifest(incoming: Incoming, path: Path) -> None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        assert isinstance(found, dict)
        for name in ("rows", "sum_cents", "sequence_no"):
            if found.get(name) is not None:
                found[name] = int(found[name])
    except (ValueError, TypeError, AssertionError):
        incoming.refusals.append(Refusal("CMG-027", f"Le manifeste {path.name} n’est pas lisible."))
        return
    incoming.manifest = found


def _read_content(incoming: Incoming) -> None:
    content = incoming.content.removeprefix(b"\xef\xbb\xbf")
    if not content.strip():
        incoming.refusals.append(Refusal("file_empty", "Le fichier est vide."))
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        incoming.refusals.append(Refusal("file_encoding", f"Le fichier n’est pas en UTF-8 (ligne {line})."))
        return
    if b"\x00" in content:
        incoming.refusals.append(Refusal("file_binary", "Le fichier contient des octets nuls : ce n’est pas du CSV."))
        return
    header = content.split(b"\n", 1)[0].rstrip(b"\r").decode()
    names = next(csv.reader([header]), [])
    if len(names) < 2 and ";" in header:
        incoming.refusals.append(Refusal("file_separator", "Le séparateur est « ; » : la virgule est attendue."))
        return
    if len(set(names)) != len(names):
        incoming.refusals.append(Refusal("column_twice", "Une colonne est présente deux fois dans l’en-tête."))
        return
    incoming.header = names
    content = content.replace(b"\r\n", b"\n")
    try:
        if not (_is_rectangular(content, len(names)) and _read_fast(incoming, content)):
            _read_carefully(incoming, content)
    except (csv.Error, pl.exceptions.PolarsError) as error:
        incoming.refusals.append(Refusal("file_broken", f"Le fichier n’est pas un CSV lisible : {error}."))


def _is_rectangular(content: bytes, columns: int) -> bool:
    """Whether each line is one row of `columns` cells. Without quotes, only the sum of the cells is compared: a line
    that is too short then implies one that is too long, at which the fast reader stops."""
    if b"\r" in content or b"\n\n" in content:
        return False
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    if b'"' not in content:
        return content.count(b",") == lines * (columns - 1)
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline=""), strict=True)
    return all(len(row) == columns for row in reader) and reader.line_num == lines


def _read_fast(incoming: Incoming, content: bytes) -> bool:
    """Polars' reader, on a content found rectangular; False when a line is too long or lines are lost."""
    quoted = b'"' in content
    try:
        frame = pl.read_csv(content, infer_schema=False, quote_char='"' if quoted else None)
    except pl.exceptions.PolarsError:
        return False
    if frame.height != content.count(b"\n") + (not content.endswith(b"\n")) - 1:
        return False
    if quoted:
        frame = _unknown_when_empty(frame)
    incoming.rows = frame.with_row_index(LINE, offset=2).with_columns(pl.col(LINE).cast(pl.Int64))
    return True


def _unknown_when_empty(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in frame.columns)


def _read_carefully(incoming: Incoming, content: bytes) -> None:
    """Python's strict reader: quotes, quoted line ends, lines with too many or too few cells."""
    text = io.StringIO(content.decode(), newline="")
    reader = csv.reader(text, strict=True)
    columns = next(reader)
    rows: list[list[str]] = []
    lines: list[int] = []
    ragged: list[tuple[int, list[str]]] = []
    line = reader.line_num + 1
    for row in reader:
        if row and len(row) == len(columns):
            rows.append(row)
            lines.append(line)
        elif row:
            ragged.append((line, row))
        line = reader.line_num + 1
    last = ragged[-1] if ragged else None
    if last and last[0] >= line - 1 and len(last[1]) < len(columns) and not content.endswith(b"\n"):
        incoming.refusals.append(
            Refusal("file_cut", f"Le fichier est coupé à la ligne {last[0]} : rien n’est appliqué.")
        )
    incoming.ragged = ragged
    cells = list(zip(*rows, strict=True)) if rows else [() for _ in columns]
    frame = pl.DataFrame({name: pl.Series(cells[i], dtype=pl.String) for i, name in enumerate(columns)})
    incoming.rows = _unknown_when_empty(frame).with_columns(pl.Series(LINE, lines, dtype=pl.Int64))
