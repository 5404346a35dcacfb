"""What the pages of `/agent/enfance/` share: who may."""

from portal.accounts.rights import Right, holders

SEE, TREAT = holders(Right.SEE_CHILDCARE), holders(Right.TREAT_CHILDCARE)
EXPORTERS = holders(Right.EXPORT) & SEE
