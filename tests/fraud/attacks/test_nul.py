"""No text with a NUL comes in: the portal takes it out of every form, and the one door that takes no form refuses it."""

from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver

from fraud.exchanges.messages import Malformed, _text
from fraud.urls import urlpatterns
from portal.frame.errors import NoNul


def views(found: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for one in found:
        if isinstance(one, URLResolver):
            yield from views(one.url_patterns)
        else:
            yield one


def test_every_door_but_the_one_of_envelopes_takes_its_texts_from_forms_that_are_cleaned() -> None:
    found = list(views(urlpatterns))
    unclean = [one.name for one in found if getattr(one.callback, "csrf_exempt", False)]

    assert unclean == ["api_envelopes"]
    for one in found:
        if one.name in unclean:
            continue
        sent = {"words": "a\0b", "many": ["\0c", "d"], "paper": SimpleUploadedFile("re\0çu.pdf", b"%PDF\0")}
        request = RequestFactory().post("/?q=%00e", sent)
        NoNul(lambda _request: HttpResponse()).process_view(request, one.callback, (), {})
        assert (request.GET["q"], request.POST["words"], request.POST.getlist("many")) == ("e", "ab", ["c", "d"]), (
            one.name
        )
        assert (request.FILES["paper"].name, request.FILES["paper"].read()) == ("reçu.pdf", b"%PDF\0"), one.name


def test_a_message_with_a_nul_is_refused_whole() -> None:
    assert _text({"number": "E-1"}, "number") == "E-1"
    with pytest.raises(Malformed):
        _text({"number": "E\0-1"}, "number")
