"""What makes the same facts the same lead, kept so that nobody is read in it."""

from portal.people.vault import lookup_key


def lead_key(code: str, natural: str) -> str:
    """The key of a lead: a keyed hash. After the facts are erased, the same facts still make no other lead."""
    return str(lookup_key(f"{code}:{natural}", "LEAD"))
