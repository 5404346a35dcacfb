"""One at a time moves what families of ARS and AEEH are owed or owe."""

from portal.turns import one_at_a_time


def hold_standings() -> None:
    """Until the end of the transaction. An issue undoes what never left, a transfer ordered again sends it, money that comes
    back pays a debt, small sums are tested together and given up: whoever reads where families stand and moves it takes this
    first, before any row and before its first line of the journal, which is itself written one at a time."""
    one_at_a_time("benefits-standing")
