"""exchange_keys: the keys of the bodies: a root for the demonstration, keys made, certified, rotated, revoked, listed."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fraud.envelopes import certificates, keys
from fraud.envelopes.authority import create_root, read_root, root_key_path
from fraud.envelopes.sealing import now
from fraud.models import BodyKey, ExchangeBody, KeyUse

BY = "exploitation"
REFUSED = 2


class Command(BaseCommand):
    help = "Clés des organismes qui échangent : racine, création, demande de certificat, renouvellement, révocation, liste."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("root", help="une autorité à soi, là où PORTAL_EXCHANGE_ROOTS la cherche")
        for act, told in (
            ("create", "une clé certifiée tout de suite"),
            ("rotate", "une nouvelle clé si la fin approche"),
        ):
            one = acts.add_parser(act, help=told)
            one.add_argument("--body", required=True)
            one.add_argument("--use", choices=KeyUse.values, action="append")
            one.add_argument("--root-key", type=Path, default=root_key_path())
        asked = acts.add_parser("request", help="une clé et sa demande de certificat, à porter à l’autorité")
        asked.add_argument("--body", required=True)
        asked.add_argument("--use", choices=KeyUse.values, required=True)
        acts.add_parser("install", help="un certificat reçu").add_argument("file", type=Path)
        acts.add_parser("revoke", help="une clé qui ne doit plus servir").add_argument("kid")
        acts.add_parser("list", help="toutes les clés, avec leurs dates")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            getattr(self, options["act"])(options)
        except (certificates.ChainRefused, ExchangeBody.DoesNotExist, BodyKey.DoesNotExist, OSError) as refused:
            raise CommandError(f"Refusé : {refused}", returncode=REFUSED) from refused

    def root(self, options: dict[str, Any]) -> None:
        create_root("Autorité de ce portail")
        self.stdout.write(f"Autorité : {settings.PORTAL_EXCHANGE_ROOTS}")

    def create(self, options: dict[str, Any]) -> None:
        root, root_key = read_root(options["root_key"])
        for use in options["use"] or KeyUse.values:
            self._say(keys.new_key(
                body_code=options["body"], use=use, root=root, root_key=root_key, valid_from=now(), by=BY
            ))  # fmt: skip

    def rotate(self, options: dict[str, Any]) -> None:
        root, root_key = read_root(options["root_key"])
        for use in options["use"] or KeyUse.values:
            made = keys.rotate(body_code=options["body"], use=use, root=root, root_key=root_key, at=now(), by=BY)
            if made is None:
                self.stdout.write(f"{options['body']} {use} : la clé sert encore longtemps, rien à faire.")
            else:
                self._say(made)

    def request(self, options: dict[str, Any]) -> None:
        self.stdout.write(keys.new_request(body_code=options["body"], use=options["use"], by=BY).request)

    def install(self, options: dict[str, Any]) -> None:
        self._say(keys.install(certificates=options["file"].read_text(encoding="ascii"), by=BY))

    def revoke(self, options: dict[str, Any]) -> None:
        self._say(keys.revoke(kid=options["kid"], at=now(), by=BY))

    def list(self, options: dict[str, Any]) -> None:
        for key in BodyKey.objects.defer("private").order_by("body_id", "use", "pk").iterator():
            self._say(key)

    def _say(self, key: BodyKey) -> None:
        dates = (
            f"du {key.valid_from:%d/%m/%Y} au {key.valid_to:%d/%m/%Y}" if key.valid_from else "attend son certificat"
        )
        revoked = f", révoquée le {key.revoked_at:%d/%m/%Y}" if key.revoked_at else ""
        self.stdout.write(f"{key.body_id} {key.get_use_display()} {key.kid} : {dates}{revoked}")
