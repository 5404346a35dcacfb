"""Which rows of the journal are reads: told by the end of their action, by convention.

An action that shows or takes out what is about people ends with one of `ENDINGS` (``cmg.family.read``,
``aripa.cases.exported``, ``control.rncps.consulted``). A look-up that was refused is one too, when it is of control
(``control.linked_refused``). The database knows the same rule (`portal_is_read`): a test compares them.
"""

import re

ENDINGS = ("read", "exported", "search", "searched", "fetched", "revealed", "consulted", "downloaded")
READ = re.compile(rf"(^|[._])({'|'.join(ENDINGS)})$|^(control|journal)[.].*refused$")
REFUSED = re.compile(r"^(control|journal)[.].*refused$")


def is_read(action: str) -> bool:
    return READ.search(action) is not None


def is_refused_look(action: str) -> bool:
    return REFUSED.search(action) is not None
