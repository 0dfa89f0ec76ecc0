"""All settings of one installation, read from the environment. docs/settings.md lists them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from storyforge import env
from storyforge.settings_accounts import *  # noqa: F403 - signing in and letters
from storyforge.settings_accounts import SECURE
from storyforge.settings_logs import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Process ---------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", default=False, help="Django's debug pages. Never on a public server.")
SECRET_KEY = env.text(
    "SECRET_KEY",
    secret=True,
    help="Signs sessions, links and token hashes. `make run` makes one and keeps it.",
)
# Empty is allowed for commands that sign nothing; Django refuses the first use of an empty key, and
# asgi.py and celery.py use it at once.
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", default=("127.0.0.1", "localhost", "[::1]"), help="Host names served."
)
CSRF_TRUSTED_ORIGINS = env.words(
    "CSRF_TRUSTED_ORIGINS", default=(), help="Origins with scheme that may send forms."
)
DATA_DIR = Path(
    env.text(
        "STORYFORGE_DATA", default=str(BASE_DIR / "var"), help="Where embedded servers keep data."
    )
)

# --- Applications ----------------------------------------------------------------------------

INSTALLED_APPS = [
    "storyforge.accounts.staff_config.StaffAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "pgtrigger",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "storyforge.core",
    "storyforge.accounts",
    "storyforge.money",
    "storyforge.projects",
    "storyforge.jobs",
    "storyforge.webhooks",
    "storyforge.generation",
    "storyforge.web",
    "canon",
    "scriptwriter",
    "worldgen",
]
MIDDLEWARE = [
    "storyforge.core.middleware.RequestId",
    "storyforge.core.middleware.ActingUser",
    "csp.middleware.CSPMiddleware",  # above whatever answers by itself: redirects, static files
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "storyforge.core.middleware.Unshared",
    "storyforge.core.middleware.ApiOverTls",
    "storyforge.core.middleware.CompressedPages",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "storyforge.accounts.sessions.RenewSession",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "storyforge.accounts.audit.Audit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "storyforge.core.middleware.RateHeaders",
]
ROOT_URLCONF = "storyforge.urls"
ASGI_APPLICATION = "storyforge.asgi.application"
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
                "storyforge.web.shell.shell",
            ],
        },
    }
]
APPEND_SLASH = False  # a POST is never redirected; routes take both spellings

# --- Database, cache -------------------------------------------------------------------------

DATABASE_POOL = env.integer(
    "DATABASE_POOL", default=8, low=0, high=100, help="Database connections a process; 0: no pool."
)
DATABASES = {
    "default": dj_database_url.parse(
        env.url(
            "DATABASE_URL",
            schemes=("postgres", "postgresql"),
            default="postgresql:///storyforge",
            help="PostgreSQL 17 or newer. Unset: `make run` starts an embedded one.",
        )
    )
}
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["connect_timeout"] = 5
if DATABASE_POOL:
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": DATABASE_POOL,
        "timeout": 10,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.url(
    "REDIS_URL",
    schemes=("redis", "rediss", "unix", "redis+socket"),
    default="redis://127.0.0.1:6379/0",
    help="Redis-protocol broker. Unset: `make run` starts an embedded Valkey.",
)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- Headers ---------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^health", r"^api/"]  # the API refuses, see core.middleware.ApiOverTls
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- Static files ----------------------------------------------------------------------------

STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "storyforge.web.storage.HashedStatic"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
UPLOAD_MAX_BYTES = (
    env.integer("UPLOAD_MAX_MB", default=50, low=1, high=500, help="Largest book file.")
    * 1024
    * 1024
)

# --- API -------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "storyforge.accounts.tokens.TokenAuthentication",
        "storyforge.accounts.tokens.AccessAuthentication",
        "storyforge.accounts.tokens.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["storyforge.core.rates.RateThrottle"],
    "DEFAULT_PARSER_CLASSES": ["storyforge.core.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "storyforge.core.api.Pages",
    "DEFAULT_FILTER_BACKENDS": ["storyforge.core.api.Filters"],
    "DEFAULT_SCHEMA_CLASS": "storyforge.core.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "storyforge.core.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
RATE_LIMITS = env.flag(
    "RATE_LIMITS", default=True, help="Limit how often a person or an address may call the API."
)
RATES = {
    "reads": env.rate("RATE_READS", default="1200/minute", help="Reads of one person."),
    "writes": env.rate("RATE_WRITES", default="240/minute", help="Writes of one person."),
    "generation": env.rate(
        "RATE_GENERATION", default="60/minute", help="Jobs that one person starts."
    ),
    "sign_in": env.rate(
        "RATE_SIGN_IN", default="20/minute", help="Tries to sign in from one address."
    ),
    "letters": env.rate(
        "RATE_LETTERS",
        default="6/hour",
        help="Letters that anybody may have sent to one address: invitations, confirmations, resets.",
    ),
}
RATE_PER_ADDRESS = env.integer(
    "RATE_PER_ADDRESS",
    default=5,
    low=1,
    high=1_000,
    help="An address may do so many times what a person may: people share them.",
)
TRUSTED_PROXY = env.network(
    "TRUSTED_PROXY",
    help="Address or network of the one proxy whose `X-Forwarded-For` is believed. Unset: none.",
)
SPECTACULAR_SETTINGS = {
    "PREPROCESSING_HOOKS": ["storyforge.core.schema.only_modern_paths"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "storyforge.web.codes.name_codes",
    ],
    "TITLE": "Storyforge",
    "DESCRIPTION": "Books, plots, casts, scripts and scenes out of one canon. Slow work is a job.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "JobStatusEnum": "storyforge.jobs.models.Job.Status",
        "PlotStatusEnum": "scriptwriter.models.PlotOverview.Status",
        "BookStatusEnum": "scriptwriter.models.Book.Status",
        "MadeByEnum": "storyforge.generation.models.MadeBy",
        "MemberRoleEnum": "storyforge.projects.roles.Role",
        "GivenRoleEnum": "storyforge.projects.roles.GIVEN",
        "CharacterRoleEnum": "canon.models.Character.Role",
        "WriterEnum": "storyforge.jobs.models.Job.Writer",
        "WebhookEventEnum": "storyforge.webhooks.models.Event",
        "DeliveryStatusEnum": "storyforge.webhooks.models.Delivery.Status",
        "WriterWishEnum": "storyforge.jobs.queues.WriterWish",
    },
}

# --- Jobs ------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A pool whose process was killed takes no message for as long. Celery waits for a result; ours is in the row.
CELERY_WORKER_LOST_WAIT = 1.0
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # Celery 6 makes True default
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CONSUMER = "storyforge.jobs.consumer:Consumer"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,  # above the longest task
    "max_connections": 256,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
CELERY_TASK_DEFAULT_QUEUE = "stream"
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 1740, 1800
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
JOB_LEASE_SECONDS = env.integer(
    "JOB_LEASE_SECONDS", default=30, low=3, high=600, help="How long a worker's claim is believed."
)
_help = "Seconds after which a model's call for a plot is given up and tried again; slow local models need more."
PLOT_GENERATION_TIMEOUT = env.integer(
    "PLOT_GENERATION_TIMEOUT", default=180, low=10, high=600, help=_help
)
_help = "Requests a web process is meant to serve at once; a quarter of them may wait for a job."
WEB_SLOTS = env.integer("WEB_SLOTS", default=32, low=4, high=10_000, help=_help)
_help = "Jobs of one account at the same time, whatever its plan says; 0: the plan decides."
JOBS_PER_ACCOUNT = env.integer("JOBS_PER_ACCOUNT", default=0, low=0, high=10_000, help=_help)
_help = "Percentage of projects whose new worlds have nine phases; the others have three, the plain fallback."
WORLDGEN_PHASE_MODE = env.integer("WORLDGEN_PHASE_MODE", default=100, low=0, high=100, help=_help)
_help = "Parts of one world in work at the same time; never more than an account's jobs."
WORLDGEN_PARALLEL_CALLS = env.integer(
    "WORLDGEN_PARALLEL_CALLS", default=16, low=1, high=200, help=_help
)

# --- Webhooks, keys at rest ------------------------------------------------------------------

OUTBOUND_LOOPBACK = env.flag(
    "OUTBOUND_LOOPBACK",
    default=False,
    help="Webhooks may go to this machine, also over http. For trying out; never on a public server.",
)
FIELD_ENCRYPTION_KEYS = env.words(
    "FIELD_ENCRYPTION_KEYS",
    default=(),
    secret=True,
    shortest=32,  # random text, not a password
    help="Keys for stored secrets, newest first; `manage.py rotate_keys` moves to the first. Unset: one"
    " made from SECRET_KEY.",
)

# --- Models ----------------------------------------------------------------------------------

AI_TEXT_BASE_URL = env.url(
    "AI_TEXT_BASE_URL",
    schemes=("http", "https"),
    help="Any endpoint that speaks Anthropic's Messages. Unset: Anthropic's own.",
)
ANTHROPIC_API_KEY = env.text(
    "ANTHROPIC_API_KEY", secret=True, help="Key for Claude. Unset: the rules write."
)
AI_TEXT_API_KEY = env.text("AI_TEXT_API_KEY", secret=True, help="Key for AI_TEXT_BASE_URL.")
# A key for Anthropic is never sent to another address.
AI_TEXT_KEY = AI_TEXT_API_KEY if AI_TEXT_BASE_URL else AI_TEXT_API_KEY or ANTHROPIC_API_KEY
AI_TEXT_MODEL = env.text("AI_TEXT_MODEL", default="claude-sonnet-5-5", help="Model name.")
AI_TEXT_STRUCTURED = env.choice(
    "AI_TEXT_STRUCTURED",
    options=("output_config", "prompt"),
    default="output_config",
    help="How the endpoint is asked for JSON; prompt: for servers that ignore output_config.",
)
AI_PRICES_FILE = env.text("AI_PRICES_FILE", help="JSON price list in place of the shipped one.")
AI_KEY_ENDPOINTS = env.words(
    "AI_KEY_ENDPOINTS",
    default=("https://api.anthropic.com",),
    help="Base URLs to which people may have their own keys sent.",
)
AI_FREE_MODELS = env.words(
    "AI_FREE_MODELS",
    default=(),
    help="Models that cost nothing, such as one on this machine. A model without a price is refused.",
)
DEFAULT_PLAN = env.choice(
    "DEFAULT_PLAN",
    options=("free", "standard", "pro"),
    default="standard",
    help="The plan of a new account. Plans are edited in the admin.",
)
AI_CALLS_ALLOWED = env.flag(
    "AI_CALLS_ALLOWED", default=True, help="Off: no call leaves this machine; loopback still may."
)
TEXT_PROVIDERS: dict[str, dict[str, Any]] = {}
if AI_TEXT_KEY or AI_TEXT_BASE_URL:
    TEXT_PROVIDERS["default"] = {
        "BACKEND": "storyforge.ai.text.anthropic.AnthropicText",
        "OPTIONS": {
            "api_key": AI_TEXT_KEY,
            "base_url": AI_TEXT_BASE_URL,
            "model": AI_TEXT_MODEL,
            "structured": AI_TEXT_STRUCTURED,
        },
    }

# --- Language, time, mail, logs --------------------------------------------------------------

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
