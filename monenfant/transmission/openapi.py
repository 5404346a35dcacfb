"""The call as the OpenAPI document tells it: schemas made from what the reader asks, answers from the table of codes."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from monenfant.rules.availability import AGE_GROUPS, BANDS, KINDS
from monenfant.transmission.codes import RULES, SLOT_FLAG, problem
from monenfant.transmission.oauth import SCOPE
from monenfant.transmission.sample import SAMPLE, SAMPLE_ANSWER
from monenfant.transmission.shape import HOUR, SCHEMA, SEQUENCE_LARGEST, SLOTS_MOST, WEEKDAYS

JSON = "application/json"
DATE, TEXT = {"type": "string", "format": "date"}, {"type": "string"}
MAYBE_TEXT = {"type": ["string", "null"]}
HOUR_TEXT = {"type": ["string", "null"], "pattern": f"^({HOUR})$"}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


SLOT_SCHEMA = _object(
    ["half_day", "age_group", "kind", "places"],
    date=DATE, pattern=_object(["weekdays", "from"], weekdays={"type": "array", "items": {"enum": list(WEEKDAYS)}, "minItems": 1,
                                                              "maxItems": len(WEEKDAYS)}, **{"from": DATE}),
    half_day={"enum": list(BANDS)}, age_group={"enum": list(AGE_GROUPS)}, kind={"enum": list(KINDS)},
    places={"type": "integer", "minimum": 0}, **{"from": HOUR_TEXT, "to": HOUR_TEXT},
) | {"oneOf": [{"required": ["date"]}, {"required": ["pattern"]}]}  # fmt: skip
MESSAGE_SCHEMA = _object(
    ["schema", "structure", "generated_at", "sequence", "window", "slots"],
    schema={"enum": [SCHEMA]},
    structure=_object(["cnaf_id"], cnaf_id=TEXT, siret=MAYBE_TEXT, finess=MAYBE_TEXT),
    generated_at={"type": "string", "format": "date-time"},
    sequence={"type": "integer", "minimum": 1, "maximum": SEQUENCE_LARGEST},
    window=_object(["from", "to"], **{"from": DATE, "to": DATE}),
    slots={"type": "array", "maxItems": SLOTS_MOST, "items": SLOT_SCHEMA},
    contact={"type": ["object", "null"], "additionalProperties": False,
             "properties": {"email": MAYBE_TEXT, "phone": MAYBE_TEXT}},
)  # fmt: skip
FLAG_SCHEMA = _object(["code", "dates", "message", "remedy"], code=TEXT, dates={"type": "array", "items": DATE},
                      message=TEXT, remedy=TEXT)  # fmt: skip
ANSWER_SCHEMA = _object(
    ["accepted", "rejected", "late", "published_at", "next_due_at", "slots"],
    accepted={"type": "integer"}, rejected={"type": "integer"}, late={"type": "integer"}, published_at=MAYBE_TEXT,
    next_due_at=MAYBE_TEXT,
    slots={"type": "array", "items": _object(
        ["slot", "state", "dates", "flags"], slot={"type": "integer"}, dates={"type": "integer"},
        state={"enum": ["ACCEPTED", "LATE", "PARTLY", "REJECTED"]}, flags={"type": "array", "items": FLAG_SCHEMA},
    )},
)  # fmt: skip
ERRORS_SCHEMA = _object(["errors"], errors={"type": "array", "minItems": 1, "items": _object(
    ["code", "path", "message", "remedy"], code=TEXT, path=TEXT, message=TEXT, remedy=TEXT)})  # fmt: skip
TOKEN_SCHEMA = _object(
    ["access_token", "token_type", "expires_in"], access_token=TEXT, token_type={"enum": ["Bearer"]},
    expires_in={"type": "integer"}, scope=TEXT,
)  # fmt: skip
TOKEN_REQUEST = _object(
    ["grant_type"],
    grant_type={"enum": ["client_credentials"]},
    scope={"enum": [SCOPE]},
    client_id=TEXT,
    client_secret=TEXT,
)
TOKEN_ERROR = _object(["error"], error=TEXT, error_description=TEXT)

PARAMETERS = [
    OpenApiParameter("Idempotency-Key", {"type": "string", "format": "uuid"}, OpenApiParameter.HEADER, required=True,
                     description="Un UUID par message. Le même message, renvoyé sous 72 heures, rend la première réponse."),
    OpenApiParameter("dry-run", {"enum": ["1"]}, OpenApiParameter.QUERY,
                     description="« 1 » : dire ce qui se passerait, sans rien publier."),
    OpenApiParameter("Idempotent-Replay", {"enum": ["true"]}, OpenApiParameter.HEADER, response=[200],
                     description="Ce message avait déjà été pris : c’est la première réponse."),
    OpenApiParameter("Retry-After", {"type": "integer"}, OpenApiParameter.HEADER, response=[429, 503],
                     description="Secondes à attendre."),
]  # fmt: skip


def refusals() -> dict[tuple[int, str], OpenApiResponse]:
    """By status, the codes that give it, each with its example."""
    found: dict[int, list[str]] = {}
    for rule in RULES.values():
        if not rule.is_of_slot:
            found.setdefault(rule.status, []).append(rule.code)
    return {(status, JSON): _refusal(codes) for status, codes in found.items()}


def _refusal(codes: list[str]) -> OpenApiResponse:
    said = "\n".join(f"`{code}` : {RULES[code].meaning} {RULES[code].remedy}" for code in codes)
    examples = [OpenApiExample(code, value={"errors": [problem(code)]}, response_only=True) for code in codes]
    return OpenApiResponse(ERRORS_SCHEMA, said, examples)


def taken() -> dict[tuple[int, str], OpenApiResponse]:
    """The answers of a message that was taken in."""
    flags = " ".join(f"`{rule.code}` : {rule.meaning}" for rule in RULES.values() if rule.is_of_slot)
    example = OpenApiExample("Deux créneaux en retard, un refusé", value=SAMPLE_ANSWER, response_only=True)
    return {
        (200, JSON): OpenApiResponse(ANSWER_SCHEMA, "Tout est publié ; ou ce message avait déjà été pris."),
        (SLOT_FLAG, JSON): OpenApiResponse(
            ANSWER_SCHEMA, f"Pris, et au moins un créneau est signalé. {flags}", [example]
        ),
    }


MESSAGE_EXAMPLE = OpenApiExample("Un message", value=SAMPLE, request_only=True)


class VendorScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the document tells the way in."""

    target_class = "monenfant.views.transmission_api.TokenAuthentication"
    name = "vendor"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        flow = {
            "tokenUrl": "/api/v1/oauth/token",
            "scopes": {SCOPE: "Dire les places libres des structures déléguées."},
        }
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        return {self.name: [SCOPE]}
