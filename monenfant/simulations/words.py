"""The words of the pages of cost: modes of care, kinds of crèche, cases."""

from collections.abc import Mapping
from typing import Any

CRECHES = {
    "COLLECTIVE": "crèche collective", "MICRO": "micro-crèche de la PSU", "FAMILY": "crèche familiale",
    "PARENTAL": "crèche parentale",
}  # fmt: skip
# What is said of a mode, and under its bar.
MODES = {
    "CHILDMINDER": ("Assistante maternelle", "Ass. maternelle"),
    "HOME_EMPLOYEE": ("Garde à domicile, vous êtes l’employeur", "À domicile"),
    "MICRO_CRECHE": ("Micro-crèche privée", "Micro-crèche"),
    "STRUCTURE_CHILDMINDER": ("Assistante maternelle d’un organisme", "Ass. mat., org."),
    "STRUCTURE_HOME": ("Garde à domicile par un organisme", "Organisme"),
} | {kind: (words.capitalize().replace("psu", "PSU"), "Crèche") for kind, words in CRECHES.items()}
CASES = {
    "KNOWN": "connues", "RESOURCES_UNKNOWN": "inconnues : ni Caf, ni avis d’impôt",
    "CHILD_PLACED": "enfant confié à l’aide sociale", "EMERGENCY": "accueil d’urgence, ressources inconnues",
    "FOSTER_FAMILY": "famille d’accueil",
}  # fmt: skip


def mode_of(mode: Mapping[str, Any]) -> str:
    """The care mode of the CMG, or the kind of crèche."""
    return str(mode.get("care_mode") or mode["care_kind"])
