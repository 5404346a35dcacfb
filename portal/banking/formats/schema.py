"""Validation against the ISO 20022 schemas that installed packages ship: read there, never copied."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from lxml import etree

SCHEMAS = {"CREDIT": "pain.001.001.09", "DEBIT": "pain.008.001.08"}


class NotValid(Exception):
    """The file does not follow its schema; the message gives the first errors and their lines."""


@cache
def _schema(kind: str) -> etree.XMLSchema:
    spec = find_spec("sepaxml")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0])
    path = next(folder.rglob(f"{SCHEMAS[kind]}*.xsd"))
    return etree.XMLSchema(etree.parse(str(path)))


def validate(source: BinaryIO, kind: str) -> None:
    """Check a whole file while reading it, forgetting what was read. Raises NotValid."""
    try:
        for _event, element in etree.iterparse(
            source, schema=_schema(kind), resolve_entities=False, no_network=True, huge_tree=False
        ):
            # The validator has seen it: the payment before it can go.
            if element.tag.endswith("TxInf"):
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
    except etree.XMLSyntaxError as error:
        raise NotValid(str(error)) from error
