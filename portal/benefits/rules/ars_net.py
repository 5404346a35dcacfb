"""What the family receives: the ARS less the CRDS of its children."""

from portal.legislation.engine import Expr, step


@step("Ordonnance 96-50, art. 14", label="CRDS de la famille")
def crds_cents(family_child_crds_cents: Expr) -> Expr:
    return family_child_crds_cents


@step("CSS L. 543-1 ; ordonnance 96-50, art. 14", label="ARS de la famille, après CRDS")
def net_cents(gross_cents: Expr, crds_cents: Expr) -> Expr:
    return gross_cents - crds_cents


@step("Ordonnance 96-50, art. 14", label="CRDS de la majoration exceptionnelle")
def exceptional_crds_cents(family_child_exceptional_crds_cents: Expr) -> Expr:
    return family_child_exceptional_crds_cents
