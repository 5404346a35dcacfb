"""What a refusal says of a form: a sentence a field."""

from collections.abc import Mapping


class FieldsRefused(Exception):
    """Why something is not done: one French sentence a field, in `errors`; `str()` is all of them. Nothing was kept."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)
