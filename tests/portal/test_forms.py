"""What forms share: the errors of a summary stand in the order of its fields, and lead to nothing that is not there."""

from portal.frame.forms import listed


def test_errors_stand_in_the_order_of_the_fields_and_what_is_of_no_field_comes_last() -> None:
    labels = {"name": "Nom", "asked": "Ce qui est demandé", "address": "Adresse"}

    assert listed({"send": "Personne.", "address": "Où ?", "name": "Qui ?"}, labels) == [
        {"column": "name", "label": "Nom", "message": "Qui ?"},
        {"column": "address", "label": "Adresse", "message": "Où ?"},
        {"column": "", "label": "", "message": "Personne."},
    ]
