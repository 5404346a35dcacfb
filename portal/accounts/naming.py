"""The names of people, where rows keep their usernames."""

from collections.abc import Iterable

from portal.accounts.models import User


def full_names(usernames: Iterable[str]) -> dict[str, str]:
    """By username, in one query; one that is nobody's (a command) stays as it is."""
    wanted = {one for one in usernames if one}
    names = {one.username: one.full_name for one in User.objects.filter(username__in=wanted)} if wanted else {}
    return {one: names.get(one, one) for one in wanted}
