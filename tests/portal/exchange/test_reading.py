"""One file, however it was written: the same rows, the same line numbers, the same lines found too short or too long."""

import gzip
import os
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


@pytest.mark.parametrize("last", ["", "\n", "\r\n"])
def test_an_empty_cell_too_many_at_the_end_does_not_hide_a_short_line(tmp_path: Path, last: str) -> None:
    found = read_text(tmp_path, "\n".join([",".join(HEADER), "S1,E1,L1", "S2,E1", "S3,E1,L3,"]) + last)

    assert [(line, len(cells)) for line, cells in found.ragged] == [(3, 2), (4, 4)]
    assert found.rows[LINE].to_list() == [2]


@pytest.mark.parametrize("header", ["EMPLOYEE_NO,Employer_No,licence_no", " employee_no , employer_no,licence_no "])
def test_a_header_in_capitals_or_with_spaces_is_the_same_header(tmp_path: Path, header: str) -> None:
    assert read_text(tmp_path, f"{header}\nS1,E1,L1\n").header == HEADER


def test_lines_ended_by_carriage_returns_alone_are_lines(tmp_path: Path) -> None:
    found = read_text(tmp_path, "\r".join([",".join(HEADER), "S1,E1,L1", "S2,E1,L2", ""]))

    assert (found.refusals, found.rows[LINE].to_list()) == ([], [2, 3])


def test_a_header_over_two_lines_and_a_column_without_a_name_cost_nothing(tmp_path: Path) -> None:
    found = read_text(tmp_path, ",".join(HEADER) + ',"no\nte",\nS1,E1,L1,x,\n')

    assert (found.refusals, found.header) == ([], [*HEADER, "no\nte", "#5"])
    assert found.rows.select(HEADER).rows() == [("S1", "E1", "L1")]


@pytest.mark.parametrize("name", ["__line", "x" * 200_000])
def test_no_name_of_a_column_is_too_strange(tmp_path: Path, name: str) -> None:
    found = read_text(tmp_path, ",".join([*HEADER, name]) + "\nS1,E1,L1,x\n")

    assert (found.refusals, found.rows.height) == ([], 1)


def test_a_misplaced_quote_costs_its_line_only(tmp_path: Path) -> None:
    found = read_text(tmp_path, ",".join(HEADER) + '\n"S"1,E1,L1\nS2,"E1",L2\n')

    assert (found.refusals, found.broken) == ([], [(2, ["S1", "E1", "L1"])])
    assert found.rows[LINE].to_list() == [3]


@pytest.mark.parametrize("text", ['S1,"E1,L1\nS2,E1,L2\n', 'S1,"E1,L1\nS2,"E1",L2\n', '"S1"x,"E1,L1\nS2,E1,L2\n'])
def test_a_quote_that_swallows_lines_refuses_the_file_and_says_where(tmp_path: Path, text: str) -> None:
    found = read_text(tmp_path, ",".join(HEADER) + "\n" + text)

    assert [(refusal.code, "ligne 2" in refusal.message) for refusal in found.refusals] == [("file_broken", True)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "file_compressed"),
        ("employee_no,employer_no\nÉ,1\n".encode("utf-16"), "file_encoding"),
        ("employee_no,employer_no\nE,1\n".encode("utf-16-le"), "file_binary"),
        ("employee_no,employer_no\nÉ,1\nÈ,2\nE,3\n".encode("latin-1"), "file_encoding"),
        (b"employee_no\temployer_no\n1\t2\n", "file_separator"),
        (b"employee_no|employer_no\n1|2\n", "file_separator"),
        (b"\xef\xbb\xbf", "file_empty"),
    ],
)
def test_what_is_not_a_csv_in_utf8_is_named(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "employees.csv"
    path.write_bytes(content)

    assert [refusal.code for refusal in read(path).refusals] == [code]


def test_what_cannot_be_opened_is_a_refusal() -> None:
    assert [refusal.code for refusal in read(Path("/proc/self/mem")).refusals] == ["file_unreadable"]


def test_a_name_that_is_not_text_can_be_shown(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"a\xff\nb.csv")
    path.write_text("a,b\n1,2\n")

    assert read(path).name == "a��b.csv"
