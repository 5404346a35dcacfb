"""One file, however it was written: the same rows, the same line numbers, the same lines found too short or too long."""

from pathlib import Path

import pytest

from portal.exchange.reading import LINE, Incoming, read

HEADER = ["employee_no", "employer_no", "licence_no"]
ROWS = [["S1", "E1", ""], ["S2", "E1", "L,2"], ["S3", "É3", 'a "b"'], ["", "", "x"]]
PLAIN = [["S1", "E1", ""], ["S2", "E1", "L2"], ["", "", "x"]]


def quoted(row: list[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in row)


def where_needed(row: list[str]) -> str:
    return ",".join(quoted([cell]) if set(cell) & set(',"') else cell for cell in row)


def read_text(folder: Path, text: str) -> Incoming:
    path = folder / "employees.csv"
    path.write_bytes(text.encode())
    return read(path)


WRITTEN = {
    "line feeds": (PLAIN, ",".join, "\n", "\n"),
    "line feeds, none at the end": (PLAIN, ",".join, "\n", ""),
    "carriage returns": (PLAIN, ",".join, "\r\n", "\r\n"),
    "carriage returns, none at the end": (PLAIN, ",".join, "\r\n", ""),
    "quotes where needed": (ROWS, where_needed, "\n", "\n"),
    "quotes everywhere": (ROWS, quoted, "\n", "\n"),
    "quotes everywhere, carriage returns": (ROWS, quoted, "\r\n", "\r\n"),
    "quotes everywhere, no end": (ROWS, quoted, "\r\n", ""),
}


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("case", WRITTEN)
def test_however_it_is_written_the_rows_are_the_same(tmp_path: Path, case: str, mark: str) -> None:
    rows, written, end, last = WRITTEN[case]

    found = read_text(tmp_path, mark + end.join(written(row) for row in [HEADER, *rows]) + last)

    assert (found.refusals, found.ragged) == ([], [])
    assert found.rows.select(HEADER).rows() == [tuple(cell or None for cell in row) for row in rows]
    assert found.rows[LINE].to_list() == list(range(2, 2 + len(rows)))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("first", ["S1,E1,", '"S1",E1,', '"S\n1",E1,'])
def test_a_long_and_a_short_line_do_not_make_two_right_ones(tmp_path: Path, first: str, end: str) -> None:
    lines = [",".join(HEADER), first, "S2,E1,L2,more", "S3,E1", "S4,E1,L4", ""]

    found = read_text(tmp_path, end.join(lines))

    shift = first.count("\n")
    assert found.refusals == []
    assert [(line, len(cells)) for line, cells in found.ragged] == [(3 + shift, 4), (4 + shift, 2)]
    assert found.rows[LINE].to_list() == [2, 5 + shift]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("row", ["S1,E1,L1", '"S1","E1","L1"'])
def test_an_empty_line_is_nobody(tmp_path: Path, row: str, end: str) -> None:
    found = read_text(tmp_path, end.join([",".join(HEADER), row, "", row, ""]))

    assert (found.refusals, found.ragged) == ([], [])
    assert found.rows[LINE].to_list() == [2, 4]


@pytest.mark.parametrize("text", ['S1,E1,"L1', '"S1",E1,L1\nS2', "S1,E1,L1\r\nS2"])
def test_a_cut_file_is_refused(tmp_path: Path, text: str) -> None:
    found = read_text(tmp_path, ",".join(HEADER) + "\n" + text)

    assert [refusal.code for refusal in found.refusals] in (["file_cut"], ["file_broken"])
