"""Pages of the family's space that other parts of the portal bring: their address, or nothing while they are not there."""

from django.urls import NoReverseMatch, reverse

PAGES = {
    "declare": "cmg:declare",
    "account": "cmg:own_account",
    "rights": "cmg:own_rights",
    "messages": "cmg:own_messages",
}


def address_of(page: str) -> str:
    """Where the family does this; writing to us is always possible."""
    try:
        return reverse(PAGES[page])
    except NoReverseMatch:
        return reverse(PAGES["messages"])
