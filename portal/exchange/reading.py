"""Reading a flow file: its encoding, its header, its shape. What cannot be trusted is refused as a whole, and kept."""

import codecs
import csv
import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from portal.exchange.manifests import UnreadableManifest, manifest_path, read_manifest

# Names of columns are read in small letters: none can be this one.
LINE = "__LINE"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ")
OTHER_SEPARATORS = {";": "le point-virgule", "\t": "la tabulation", "|": "la barre verticale"}

# A cell of a megabyte is a wrong cell, not the end of the file.
csv.field_size_limit(2**31 - 1)
# Bytes that are not UTF-8 become a null character, which no column accepts: the cell is named, the others enter.
codecs.register_error("null_character", lambda error: ("\0", error.end))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Refusal:
    """Why a whole file was refused: code, French sentence, and who can mend it."""

    code: str
    message: str
    remedy: str = "À corriger par l’émetteur, puis à renvoyer en entier."

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message, "remedy": self.remedy}


class Unreadable(Exception):
    """The content cannot be read as rows; `refusal` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.refusal = Refusal(code, message)


@dataclass
class Incoming:
    """A file as read: `rows` holds every cell as text (null when empty) with its line number in LINE.

    `ragged` are the lines with too many or too few cells, `broken` those whose quotes are misplaced.
    """

    name: str
    content: bytes
    manifest: dict[str, object]
    header: list[str] = field(default_factory=list)
    rows: pl.DataFrame = field(default_factory=pl.DataFrame)
    ragged: list[tuple[int, list[str]]] = field(default_factory=list)
    broken: list[tuple[int, list[str]]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def count(self) -> int:
        """How many rows the file has, those that cannot be read included."""
        return self.rows.height + len(self.ragged) + len(self.broken)


def read(path: Path) -> Incoming:
    """The file and its manifest. Never raises for what they hold, nor when they cannot be opened: see `refusals`."""
    incoming = Incoming(name=printable_name(path), content=b"", manifest={})
    try:
        manifest = manifest_path(path)
        if os.path.lexists(manifest):
            incoming.manifest = read_manifest(manifest)
    except UnreadableManifest as error:
        incoming.manifest = error.manifest
        incoming.refusals.append(Refusal("CMG-027", f"Le manifeste {manifest.name} n’est pas lisible : {error}."))
    try:
        incoming.content = path.read_bytes()
        _read_content(incoming)
    except OSError as error:
        incoming.refusals.append(
            Refusal(
                "file_unreadable",
                f"Le fichier ne peut pas être ouvert ({os.strerror(error.errno or 0)}).",
                "À faire par l’exploitant : vérifier le fichier et ses droits, puis l’importer à nouveau.",
            )
        )
    except Unreadable as error:
        incoming.refusals.append(error.refusal)
    return incoming


def printable_name(path: Path) -> str:
    """The name of a file as it can be shown and stored, whatever its bytes."""
    name = os.fsencode(path.name).decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "�" for char in name)


def _read_content(incoming: Incoming) -> None:
    content = _utf8(incoming.content)
    written = _header(content)
    incoming.header = [name.strip().lower() or f"#{place}" for place, name in enumerate(written, 1)]
    _check_header(incoming.header, written)
    content = content.replace(b"\r\n", b"\n")
    if not (_is_rectangular(content, len(written)) and _read_fast(incoming, content)):
        _read_carefully(incoming, content)


def _utf8(content: bytes) -> bytes:
    """The content without its byte order mark, proven to be UTF-8 text."""
    content = content.removeprefix(BYTE_ORDER_MARK)
    if not content.strip():
        raise Unreadable("file_empty", "Le fichier est vide.")
    if content.startswith(COMPRESSED):
        raise Unreadable("file_compressed", "Le fichier est compressé, ou c’est un classeur : un CSV est attendu.")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _without_wrong_bytes(content, content.count(b"\n", 0, error.start) + 1)
    return content


def _without_wrong_bytes(content: bytes, line: int) -> bytes:
    """A few wrong bytes in a file whose other accents are UTF-8 cost their rows only; else it is another encoding."""
    accented = [text for text in content.split(b"\n") if not text.isascii()]
    wrong = sum("\0" in text.decode("utf-8", "null_character") for text in accented)
    if line == 1 or wrong > len(accented) - wrong:
        raise Unreadable("file_encoding", f"Le fichier n’est pas en UTF-8 (ligne {line}).")
    return content.decode("utf-8", "null_character").encode()


def _lines(content: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")


def _header(content: bytes) -> list[str]:
    return next((row for row in csv.reader(_lines(content)) if row), [])


def _check_header(names: list[str], written: list[str]) -> None:
    if any("\0" in name for name in names):
        raise Unreadable("file_binary", "L’en-tête contient des octets nuls : ce n’est pas du CSV en UTF-8.")
    if len(written) == 1:
        for separator, called in OTHER_SEPARATORS.items():
            if separator in written[0]:
                raise Unreadable("file_separator", f"Le séparateur est {called} : la virgule est attendue.")
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise Unreadable(
            "column_twice", "Colonnes présentes deux fois dans l’en-tête : " + ", ".join(twice)[:500] + "."
        )


def _is_rectangular(content: bytes, columns: int) -> bool:
    """Whether each line is one row of `columns` cells. Without quotes, only the sum of the cells is compared: a line
    that is too short then implies one that is too long, at which the fast reader stops. It lets an empty cell too
    many pass at the very end, so the last line is counted by itself."""
    if b"\r" in content or b"\n\n" in content or content.startswith(b"\n"):
        return False
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    if b'"' not in content:
        last = content[content.rfind(b"\n", 0, len(content) - 1) + 1 :]
        return content.count(b",") == lines * (columns - 1) and last.count(b",") == columns - 1
    reader = csv.reader(_lines(content), strict=True)
    try:
        return all(len(row) == columns for row in reader) and reader.line_num == lines
    except csv.Error:
        return False


def _read_fast(incoming: Incoming, content: bytes) -> bool:
    """Polars' reader, on a content found rectangular; False when a line is too long or lines are lost."""
    quoted = b'"' in content
    try:
        frame = pl.read_csv(content, infer_schema=False, quote_char='"' if quoted else None)
    except pl.exceptions.PolarsError:
        return False
    if frame.shape != (content.count(b"\n") + (not content.endswith(b"\n")) - 1, len(incoming.header)):
        return False
    frame.columns = incoming.header
    if quoted:
        frame = _unknown_when_empty(frame)
    incoming.rows = frame.with_row_index(LINE, offset=2).with_columns(pl.col(LINE).cast(pl.Int64))
    return True


def _unknown_when_empty(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in frame.columns)


def _read_carefully(incoming: Incoming, content: bytes) -> None:
    """Python's strict reader: quotes, quoted line ends, lines with too many or too few cells."""
    width = len(incoming.header)
    cells: list[list[str]] = []
    lines: list[int] = []
    for line, row, is_broken in _rows(content):
        if is_broken:
            incoming.broken.append((line, row))
        elif len(row) != width:
            incoming.ragged.append((line, row))
        else:
            cells.append(row)
            lines.append(line)
    last = incoming.ragged[-1] if incoming.ragged else (0, [])
    if not content.endswith((b"\n", b"\r")) and last[0] > max(lines, default=0) and len(last[1]) < width:
        raise Unreadable("file_cut", f"Le fichier est coupé à la ligne {last[0]} : rien n’est appliqué.")
    columns = list(zip(*cells, strict=True)) if cells else [() for _ in range(width)]
    frame = pl.DataFrame([pl.Series(name, columns[i], dtype=pl.String) for i, name in enumerate(incoming.header)])
    incoming.rows = _unknown_when_empty(frame).with_columns(pl.Series(LINE, lines, dtype=pl.Int64))


def _rows(content: bytes) -> Iterator[tuple[int, list[str], bool]]:
    """Line number, cells, and whether a quote is misplaced, of each row after the header; empty lines are nobody.

    Raises Unreadable when a quote swallows the lines that follow: nobody can tell where its row ends.
    """
    read: list[str] = []
    reader = csv.reader(_remembered(_lines(content), read), strict=True)
    is_header = True
    while True:
        read.clear()
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            if is_header or len(read) != 1 or read[0].count('"') % 2:
                raise Unreadable(
                    "file_broken", f"Un guillemet ouvert à la ligne {line} n’est pas refermé à sa place."
                ) from None
            yield line, next(csv.reader(read)), True
            continue
        if row and not is_header:
            yield line, row, False
        is_header = is_header and not row


def _remembered(lines: Iterator[str], read: list[str]) -> Iterator[str]:
    for text in lines:
        read.append(text)
        yield text
