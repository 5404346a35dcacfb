"""A letter's content as blocks of text for the screen: its own words, none of its markup."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from portal.letters.models import Letter
from portal.people.vault import decrypt

BLOCKS = {"h1": "title", "h2": "heading", "p": "text", "li": "item", "caption": "heading"}
SKIPPED = {"head", "style", "script", "header"}


@dataclass
class Block:
    """One block: `kind` title, heading, text, item or row (cells apart)."""

    kind: str
    text: str = ""
    cells: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SKIPPED:
            self.skipping += 1
        elif not self.skipping and tag in BLOCKS:
            self.blocks.append(Block(BLOCKS[tag]))
        elif not self.skipping and tag == "tr":
            self.blocks.append(Block("row"))
        elif not self.skipping and tag in ("td", "th") and self.blocks:
            self.blocks[-1].cells.append("")
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SKIPPED:
            self.skipping -= 1

    def handle_data(self, data: str) -> None:
        if self.skipping or not self.blocks:
            return
        last = self.blocks[-1]
        if last.kind == "row" and last.cells:
            last.cells[-1] += data
        elif last.kind != "row":
            last.text += data


def paragraphs_of(letter: Letter) -> list[Block]:
    """The letter's words, in order. Raises Undecipherable."""
    reader = _Reader()
    reader.feed(decrypt(letter.text).decode())
    for block in reader.blocks:
        block.text, block.cells = _clean(block.text), [_clean(cell) for cell in block.cells]
    return [block for block in reader.blocks if block.text or any(block.cells)]


def _clean(text: str) -> str:
    return " ".join(text.replace("\u00a0", "\ue000").split()).replace("\ue000", "\u00a0")
