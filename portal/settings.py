"""Django settings. Every value that an installation may change is an environment variable, listed in the README."""

from datetime import date
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF

from portal import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
env.check_production()
SECRET_KEY = env.secret("DJANGO_SECRET_KEY")
DEBUG = env.flag("PORTAL_DEBUG")
ALLOWED_HOSTS = env.words("PORTAL_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("PORTAL_ORIGINS")

INSTALLED_APPS = [
    "portal.accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "django_celery_beat",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "portal.frame",
    "portal.organisations",
    "portal.people",
    "portal.audit",
    "portal.exchange",
    "portal.ledger",
    "portal.banking",
    "portal.batches",
    "portal.casework",
    "portal.letters",
    "portal.notices",
    "portal.benefits",
    "cmg",
    "aripa",
    "monenfant",
    "fraud",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.frame.errors.NotTooMuch",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.audit.origin.Origin",
    "portal.accounts.sessions.SessionLimits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.frame.errors.ConflictMiddleware",
    "portal.frame.errors.NoNul",
    "portal.accounts.sessions.LockedDoors",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.frame.context.frame",
            ],
            "builtins": ["portal.frame.templatetags.portal"],
        },
    }
]

# Commands that need no database still load the settings: the address below never answers.
DATABASES = {
    "default": dj_database_url.parse(env.text("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none"), conn_max_age=60)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/entree/"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.text("PORTAL_STATIC_ROOT") or BASE_DIR / "var" / "static"
WHITENOISE_USE_FINDERS = True

# Signing in: agents by ProConnect, parents by FranceConnect, professionals by e-mail; never a form of allauth's own.
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "portal.accounts.openid.Provider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [door for name in ("proconnect", "franceconnect") if (door := env.openid_door(name))],
    }
}
SOCIALACCOUNT_ADAPTER = "portal.accounts.adapters.SocialAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
ACCOUNT_ADAPTER = "portal.accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "portal.accounts.adapters.FactorAdapter"
MFA_TOTP_TOLERANCE = 1
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
PORTAL_PASSWORDS = env.flag("PORTAL_PASSWORDS")
PORTAL_SUFFICIENT_ACR = env.words("PORTAL_SUFFICIENT_ACR", env.SECOND_FACTOR_ACRS)
PORTAL_SUFFICIENT_AMR = env.words("PORTAL_SUFFICIENT_AMR", "mfa")
PORTAL_FRESH_FACTOR_MINUTES = env.number("PORTAL_FRESH_FACTOR_MINUTES", 10)
PORTAL_SESSION_HOURS = env.number("PORTAL_SESSION_HOURS", 10)

SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.is_production()
SECURE_SSL_REDIRECT = env.is_production()
# Whoever watches the process asks it directly, without the proxy that adds TLS.
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if env.is_production() else 0
PORTAL_BEHIND_PROXY = env.flag("PORTAL_BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PORTAL_BEHIND_PROXY else None
CSRF_FAILURE_VIEW = "portal.frame.errors.form_refused"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

PORTAL_DEMO = env.flag("PORTAL_DEMO") and not env.is_production()
# Nothing of the demonstration leaves the machine: its e-mails are files, that one of its pages shows.
_mail = "filebased" if PORTAL_DEMO else "smtp"
EMAIL_BACKEND = env.text("PORTAL_MAIL_BACKEND", f"django.core.mail.backends.{_mail}.EmailBackend")
EMAIL_HOST, EMAIL_PORT = env.text("PORTAL_MAIL_HOST", "localhost"), env.number("PORTAL_MAIL_PORT", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env.text("PORTAL_MAIL_USER"), env.text("PORTAL_MAIL_PASSWORD")
EMAIL_USE_TLS, EMAIL_TIMEOUT = env.flag("PORTAL_MAIL_TLS"), 10
EMAIL_FILE_PATH = env.text("PORTAL_MAIL_FOLDER", str(env.home_folder() / "demo" / "mail") if PORTAL_DEMO else "")
DEFAULT_FROM_EMAIL = env.text("PORTAL_MAIL_FROM", "portail@localhost")

BROKER_URL = env.text("BROKER_URL", "redis://127.0.0.1:9/0")
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    # In the evening, when the facts of the day are in; the later hours take up a run whose worker died.
    "aripa.live_days": {"task": "aripa.tasks.live_days", "schedule": crontab(hour="21-23", minute=0)},
    "aripa.end_agreement_delays": {
        "task": "aripa.tasks.end_agreement_delays",
        "schedule": crontab(hour="5-7", minute=20),
    },
    # The later hours take up a day whose worker died; nothing is done twice.
    "exchanges.end": {"task": "fraud.exchanges.tasks.end_exchanges", "schedule": crontab(hour="4-6", minute=25)},
    "cmg.sweep": {"task": "cmg.tasks.sweep", "schedule": env.number("PORTAL_SWEEP_SECONDS", 60)},
    "benefits.sweep": {
        "task": "portal.benefits.running.tasks.sweep",
        "schedule": env.number("PORTAL_SWEEP_SECONDS", 60),
    },
    # Before the files of the day leave: what came back and has another account leaves with them.
    "benefits.pay_again": {
        "task": "portal.benefits.running.tasks.pay_again",
        "schedule": crontab(hour="6-8", minute=5),
    },
    "accounts.tidy": {"task": "portal.accounts.tasks.tidy", "schedule": crontab(hour=4, minute=0)},
    # The day that is over is sealed before people begin; the later hours take up a worker that died.
    "journal.seal": {"task": "portal.audit.tasks.seal", "schedule": crontab(hour="0-3", minute=30)},
    "journal.erase": {"task": "portal.audit.tasks.erase", "schedule": crontab(hour=3, minute=50)},
    "journal.watch": {"task": "fraud.journal.tasks.watch", "schedule": 300},
    "journal.draw": {"task": "fraud.journal.tasks.draw", "schedule": crontab(hour=4, minute=10)},
    # On the stroke of the day that an order gives; the later hours take up a worker that died.
    "joint.begin": {"task": "portal.organisations.joint.tasks.begin_due", "schedule": crontab(hour="0-6", minute=1)},
    "joint.end": {"task": "portal.organisations.joint.tasks.end_due", "schedule": crontab(hour="0-6", minute=2)},
    "joint.take_up": {"task": "portal.organisations.joint.tasks.take_up", "schedule": crontab(minute="*/10")},
    "notices.send": {"task": "portal.notices.tasks.send_waiting", "schedule": 60},
    "benefits.take_up_previews": {"task": "portal.benefits.uprating.tasks.take_up", "schedule": crontab(minute="*/5")},
    "cmg.control_reports": {"task": "cmg.tasks.control_reports", "schedule": 60},
    "casework.escalate": {"task": "portal.casework.tasks.escalate", "schedule": crontab(hour=6, minute=0)},
    "casework.hand-overs": {
        "task": "portal.casework.tasks.escalate_hand_overs",
        "schedule": crontab(hour=6, minute=10),
    },
    "cmg.advance_late": {"task": "cmg.tasks.advance_late", "schedule": crontab(hour=6, minute=15)},
    "cmg.end_remedies": {"task": "cmg.tasks.end_remedies", "schedule": crontab(hour=6, minute=20)},
    "cmg.collect_due": {"task": "cmg.tasks.collect_due", "schedule": crontab(hour=6, minute=30)},
    "cmg.send_remedies": {
        "task": "cmg.tasks.send_remedies",
        "schedule": env.number("PORTAL_DAY_FILES_SECONDS", 900),
    },
    "letters.write": {
        "task": "portal.letters.tasks.write_waiting",
        "schedule": env.number("PORTAL_LETTERS_SECONDS", 60),
    },
    # The later hours take up what a dead worker left; nothing is done twice.
    "control.third_parties": {
        "task": "fraud.thirdparties.tasks.follow_requests",
        "schedule": crontab(hour="5-7", minute=50),
    },
    # Matching rules once a month, and what is left of a run whose worker died; what is due is forgotten each night.
    "control.run_rules": {"task": "fraud.signals.tasks.run", "schedule": crontab(day_of_month=1, hour=1, minute=15)},
    "control.take_up": {"task": "fraud.signals.tasks.take_up", "schedule": crontab(minute="*/10")},
    "control.purge_leads": {"task": "fraud.signals.tasks.purge", "schedule": crontab(hour=3, minute=15)},
    # Of childcare, in the order of a day.
    "appointments.erase": {"task": "monenfant.appointments.tasks.erase", "schedule": crontab(hour=3, minute=40)},
    # What is due and what waits; the later hours take up what a dead worker left.
    "rncps.follow": {"task": "fraud.rncps.tasks.follow", "schedule": crontab(hour="6-8", minute=50)},
    # Once the runs of the month that is over are issued; the later hours take up a worker that died.
    "benefits.give_up": {
        "task": "portal.benefits.small.tasks.give_up",
        "schedule": crontab(day_of_month=1, hour="5-7", minute=35),
    },
    # Before people begin; the later hours take up a day whose worker died.
    "monenfant.live_duties": {"task": "monenfant.tasks.live_duties", "schedule": crontab(hour="4-6", minute=40)},
    # Before people begin; the later hours take up a day whose worker died.
    "fraud.cases": {"task": "fraud.cases.tasks.live_cases", "schedule": crontab(hour="5-7", minute=50)},
    # Once the offer of the day is published; again in the morning if the worker died.
    "monenfant.count": {"task": "monenfant.tasks.count", "schedule": crontab(hour="5,7", minute=10)},
    "transmissions.forget": {"task": "monenfant.transmission.tasks.forget", "schedule": crontab(minute=35)},
    # The hours after the first take up what a dead worker left; nothing is done twice.
    "appointments.pass_on": {
        "task": "monenfant.appointments.tasks.pass_on",
        "schedule": crontab(hour="6-8", minute=40),
    },
    "appointments.remind": {
        "task": "monenfant.appointments.tasks.remind",
        "schedule": crontab(hour="9-12", minute=0),
    },
    "appointments.send_mails": {"task": "monenfant.appointments.tasks.send_mails", "schedule": 60},
    # Who left exchanges no more from that day on, whatever this does: it only writes it down.
    "directory.revoke_departed": {
        "task": "fraud.directory.tasks.revoke_departed",
        "schedule": crontab(hour="5-7", minute=50),
    },
    "envelopes.deliver": {"task": "fraud.envelopes.tasks.deliver_waiting", "schedule": 30},
}

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_THROTTLE_RATES": {"simulations": "120/minute", "childcare": "120/minute", "childcare_pages": "240/minute"},
    # Whose turn it is, as `portal.accounts.limits.address_of` tells it: what the visitor says of itself counts for nothing.
    "NUM_PROXIES": 1 if PORTAL_BEHIND_PROXY else 0,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {"TITLE": "Portail CAF–URSSAF", "VERSION": "1", "SERVE_INCLUDE_SCHEMA": False}

# What this installation is and says of itself.
PORTAL_NAME = env.text("PORTAL_NAME", "Trait d’union")
PORTAL_PHONE = env.text("PORTAL_PHONE", "09 00 00 00 00")
# Where e-mails lead: the address under which families reach the portal.
PORTAL_ADDRESS = (
    env.text("PORTAL_ADDRESS")
    or next(iter(CSRF_TRUSTED_ORIGINS), f"http://localhost:{env.number('PORTAL_PORT', 8000)}")
).rstrip("/")
PORTAL_HOURS = env.text("PORTAL_HOURS", "du lundi au vendredi, de 9 h à 17 h")
# Where the cards of the demo people come from: read in the demo only.
PORTAL_DEMO_PEOPLE = "cmg.demo.people.cards"
# Where the background of the map of childcare comes from ({z}, {x}, {y}); unset, nothing is asked of anybody outside.
PORTAL_TILES = env.text("PORTAL_TILES")
PORTAL_DAY = date.fromisoformat(env.text("PORTAL_DAY")) if env.text("PORTAL_DAY") else None
PORTAL_BANK_FOLDER = env.text("PORTAL_BANK_FOLDER")
# What parents read of who writes to them: one service and one post box for every case, so that neither says where the
# other parent lives; the account that debtors pay to; and where « Quitter cette page » leads.
PENSIONS_NAME = env.text("PENSIONS_NAME", "Service national des pensions")
PENSIONS_ADDRESS = env.text("PENSIONS_ADDRESS", "TSA 99999, 99999 FRANCE CEDEX")
PENSIONS_PHONE = env.text("PENSIONS_PHONE", PORTAL_PHONE)
PENSIONS_IBAN = env.text("PENSIONS_IBAN", "FR7630006000011234567890189")
# The first day whose movements of pensions go to the bank and whose letters leave; what came before was paid, debited and
# written elsewhere.
PENSIONS_SINCE = date.fromisoformat(env.text("PENSIONS_SINCE")) if env.text("PENSIONS_SINCE") else None
PENSIONS_EXIT = env.text("PENSIONS_EXIT", "https://meteofrance.com/")

# Exchanges between bodies: the authorities whose certificates are trusted (PEM); our client certificate and the authority of
# the others' servers; whether the proxy asks for a client certificate and tells its subject.
PORTAL_EXCHANGE_ROOTS = env.text("PORTAL_EXCHANGE_ROOTS") or str(env.home_folder() / "exchange" / "roots.pem")
PORTAL_EXCHANGE_CLIENT = env.text("PORTAL_EXCHANGE_CLIENT")
PORTAL_EXCHANGE_CA = env.text("PORTAL_EXCHANGE_CA")
PORTAL_EXCHANGE_MTLS = env.flag("PORTAL_EXCHANGE_MTLS", env.is_production())
# The national directory of social protection: an address (https in production) or the dotted path of a class; unset, every
# look-up says that nothing is connected.
RNCPS_ADDRESS = env.outside_door("PORTAL_RNCPS")
RNCPS_NAME, RNCPS_SECRET = env.text("PORTAL_RNCPS_NAME"), env.text("PORTAL_RNCPS_SECRET")

# The account that collects and pays, and who orders it (SEPA creditor identifier).
BANK_ACCOUNT_NAME = env.text("BANK_ACCOUNT_NAME", "CENTRE PAJEMPLOI")
BANK_ACCOUNT_IBAN = env.text("BANK_ACCOUNT_IBAN", "NL41MOCK0000000001")
BANK_ACCOUNT_BIC = env.text("BANK_ACCOUNT_BIC")
BANK_CREDITOR_ID = env.text("BANK_CREDITOR_ID", "FR72ZZZ123456")

# Vault: AES-256 keys by identifier (the first encrypts, all decrypt) and the key of the look-up hashes.
VAULT_KEYS = env.vault_keys()
VAULT_LOOKUP_KEY = env.secret("VAULT_LOOKUP_KEY")
# What signs the journal's seals (the first; all verify), and the file that follows them, to be kept elsewhere.
JOURNAL_SEAL_KEYS = env.words("JOURNAL_SEAL_KEYS")
JOURNAL_SEALS_FILE = env.text("JOURNAL_SEALS_FILE")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"without_secrets": {"()": "portal.frame.logs.WithoutSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]}},
    "root": {"handlers": ["console"], "level": env.text("PORTAL_LOG_LEVEL", "WARNING")},
}
