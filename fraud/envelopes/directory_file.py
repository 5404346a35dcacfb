"""The entry of one body in the directory, as it gives it to the others: itself, its keys, its officers, under its signature.

Whoever takes it in needs only the root: the certificate of the signature must be that body's. Nothing in it can speak for
another body, nor give back what was withdrawn.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from fraud.envelopes import jose, keys
from fraud.envelopes.certificates import SIGN, ChainRefused, certified
from fraud.envelopes.refusals import EnvelopeRefused
from fraud.envelopes.sealing import told
from fraud.models import AuthorisedOfficer, BodyKey, ExchangeBody, KeyUse
from portal.audit.operations import journal

FORMAT = "portail-annuaire/1"
FUTURE = timedelta(minutes=5)
BODY = ("name", "nature", "departements", "since", "until")


class EntryRefused(Exception):
    """The entry must not be taken in. `str()` says why in French."""


def export(*, body_code: str, endpoint: str, at: datetime) -> bytes:
    """The signed entry of a body played here; `endpoint` is where it is reached. Raises SendingRefused without a key."""
    body = ExchangeBody.objects.get(code=body_code, is_here=True)
    key = keys.key_of(body_code=body_code, use=KeyUse.SIGN, at=at)
    entry = {
        "body": body.code, "at": at.isoformat(), "endpoint": endpoint,
        **{name: _plain(getattr(body, name)) for name in BODY},
        "keys": [one.certificates for one in keys.published([body_code], at)],
        "revoked": list(BodyKey.objects.filter(body=body).exclude(revoked_at=None).values_list("kid", flat=True)),
        "officers": [_officer(one) for one in AuthorisedOfficer.objects.filter(body=body).order_by("pk")],
    }  # fmt: skip
    signed = jose.sign(entry, keys.private_of(key), key.kid, jose.DIRECTORY)
    found = {"format": FORMAT, "signed": signed, "certificates": key.certificates}
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _plain(value: object) -> object:
    return str(value) if isinstance(value, date) else value


def _officer(one: AuthorisedOfficer) -> dict[str, Any]:
    revoked = str(one.revoked_on) if one.revoked_on else ""
    return told(one) | {"scopes": one.scopes, "territory": one.territory, "revoked_on": revoked}


def take_in(content: bytes, *, at: datetime, by: str) -> ExchangeBody:
    """Take the entry of another body in; a second call changes nothing. Raises EntryRefused."""
    entry = _proven(content, at)
    with transaction.atomic():
        body = _body(entry)
        for certificates in entry["keys"]:
            keys.install(certificates=certificates, by=by)
        for key in BodyKey.objects.filter(body=body, kid__in=entry["revoked"], revoked_at=None):
            keys.revoke(kid=key.kid, at=at, by=by)
        for said in entry["officers"]:
            _take_officer(body, said)
        journal(
            actor=by, action="control.directory_taken", subject=f"body:{body.code}",
            detail={"at": entry["at"], "keys": len(entry["keys"]), "officers": len(entry["officers"])},
        )  # fmt: skip
    return body


def _proven(content: bytes, at: datetime) -> Mapping[str, Any]:
    """What a body says of itself, under a certificate that is its own and leads to a root."""
    try:
        found = jose.strict(content)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise EntryRefused("Ce fichier n’est pas une fiche d’annuaire.")
        kid = jose.kid_of_signed(found["signed"], jose.DIRECTORY)
        signer = certified(found["certificates"], keys.roots(), at)
        entry = jose.verified(found["signed"], signer.key)
    except (EnvelopeRefused, ChainRefused, KeyError, AttributeError) as false:
        raise EntryRefused(f"Fiche refusée : {false}") from false
    if (signer.body, signer.use, jose.thumbprint(signer.key)) != (entry.get("body"), SIGN, kid):
        raise EntryRefused("Fiche refusée : elle est signée par un autre organisme que le sien.")
    if BodyKey.objects.filter(kid=kid, revoked_at__lte=at).exists():
        raise EntryRefused("Fiche refusée : la clé qui la signe a été révoquée.")
    if datetime.fromisoformat(entry["at"]) > at + FUTURE:
        raise EntryRefused("Fiche refusée : elle est datée de plus tard.")
    return entry


def _body(entry: Mapping[str, Any]) -> ExchangeBody:
    said = {name: entry[name] for name in BODY} | {"endpoint": entry["endpoint"]}
    body = ExchangeBody.objects.select_for_update(of=("self",)).filter(code=entry["body"]).first()
    if body is not None and body.is_here:
        raise EntryRefused("Fiche refusée : cet organisme est tenu ici.")
    found, _is_new = ExchangeBody.objects.update_or_create(code=entry["body"], defaults=said)
    return found


def _take_officer(body: ExchangeBody, said: Mapping[str, Any]) -> None:
    names = ("act_no", "last_name", "first_name")
    rest = {name: value for name, value in said.items() if name not in (*names, "revoked_on")}
    known, _is_new = AuthorisedOfficer.objects.get_or_create(
        body=body, **{name: said[name] for name in names}, defaults=rest
    )
    revoked = date.fromisoformat(said["revoked_on"]) if said["revoked_on"] else None
    if revoked and (known.revoked_on is None or revoked < known.revoked_on):
        known.revoked_on = revoked
        known.save(update_fields=["revoked_on"])
