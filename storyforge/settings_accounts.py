"""The part of the settings about signing in and letters; `storyforge.settings` takes all of it."""

from __future__ import annotations

from storyforge import env

SECURE = env.flag(
    "SECURE", default=False, help="Served over TLS: secure cookies, HSTS, redirects from http."
)
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "projects"
LOGOUT_REDIRECT_URL = "sign_in"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "storyforge.accounts.backends.ConfirmedUsers",
]
PASSWORD_HASHERS = [
    "storyforge.accounts.hashers.Argon2id",
    "storyforge.accounts.hashers.Bcrypt",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "storyforge.accounts.passwords.LengthLimit"},
    {"NAME": "storyforge.accounts.passwords.OwnWords"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "storyforge.accounts.passwords.NotBreached"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
BREACHED_PASSWORDS_FILE = env.existing_file(
    "BREACHED_PASSWORDS_FILE",
    help="SHA-1 hashes of stolen passwords, sorted, one a line, as Have I Been Pwned offers them. New"
    " passwords in it are refused. Unset: the 20,000 commonest are.",
)
REGISTRATION_OPEN = env.flag(
    "REGISTRATION_OPEN", default=True, help="Strangers may make an account."
)
EMAIL_CONFIRMATION = env.flag(
    "EMAIL_CONFIRMATION",
    default=True,
    help="A new account is used after its address was confirmed by a link sent there.",
)
ADMIN_PATH = env.text(
    "ADMIN_PATH", default="admin", help="Path of the staff's own site, without slashes."
)
TOKEN_PEPPERS = env.numbered(
    "TOKEN_PEPPERS",
    help="Keys that tokens are hashed with, as 2:key,1:key; the highest number hashes new ones. Unset:"
    " one made from SECRET_KEY.",
)

AUDIT_KEPT_DAYS = env.integer(
    "AUDIT_KEPT_DAYS",
    default=400,
    low=30,
    high=3_650,
    help="How long the rows of who did what are kept.",
)

SESSION_ENGINE = "storyforge.accounts.sessions"
SESSION_IDLE_DAYS = env.integer(
    "SESSION_IDLE_DAYS", default=14, low=1, high=90, help="A sign-in ends after so long unused."
)
SESSION_MAX_DAYS = env.integer(
    "SESSION_MAX_DAYS",
    default=30,
    low=1,
    high=365,
    help="A sign-in ends after so long in any case.",
)
SESSION_COOKIE_AGE = SESSION_IDLE_DAYS * 24 * 3600
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
ACCESS_TOKEN_EXPIRE_MINUTES = env.integer(
    "ACCESS_TOKEN_EXPIRE_MINUTES",
    default=10,
    low=1,
    high=30,
    help="How long an access token of a REST client is good; a refresh token gets the next.",
)

SIGN_IN_TRIES = env.integer(
    "SIGN_IN_TRIES",
    default=5,
    low=3,
    high=100,
    help="Wrong tries at one account from one address before it is locked from there.",
)
SIGN_IN_COOL_OFF_MINUTES = env.integer(
    "SIGN_IN_COOL_OFF_MINUTES", default=15, low=1, high=1_440, help="How long it stays locked."
)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_FAILURE_LIMIT = SIGN_IN_TRIES
AXES_COOLOFF_TIME = "storyforge.accounts.lockout.cool_off"
AXES_USERNAME_CALLABLE = "storyforge.accounts.lockout.account_key"
AXES_CLIENT_IP_CALLABLE = "storyforge.accounts.lockout.address_key"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # or a stranger could lock it for good
AXES_DISABLE_ACCESS_LOG = True  # the audit log has it, without addresses
AXES_SENSITIVE_PARAMETERS = ["username", "email", "code", "csrfmiddlewaretoken", "next"]
AXES_VERBOSE = False
# Its middleware writes the answer to a locked try. Ours are problem documents and pages.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]

MFA_ADAPTER = "storyforge.accounts.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 0  # a code is good for its own half minute; phones keep time by the network
MFA_WEBAUTHN_USER_VERIFICATION = "required"

# --- Letters ---------------------------------------------------------------------------------

EMAIL = env.mail(
    "EMAIL_URL",
    default="console://",
    help="Where letters go: smtp://user:password@host:587 (STARTTLS), smtps://…, file:///folder, or"
    " console:// to the server's own output.",
)
EMAIL_BACKEND, EMAIL_FILE_PATH = EMAIL.backend, EMAIL.folder
EMAIL_HOST, EMAIL_PORT = EMAIL.host, EMAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = EMAIL.user, EMAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL.starttls, EMAIL.tls
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.text(
    "EMAIL_FROM", default="Storyforge <storyforge@localhost>", help="Sender of letters."
)
PUBLIC_URL = env.url(
    "PUBLIC_URL",
    schemes=("http", "https"),
    help="The address in letters' links, such as https://studio.example. Unset: as it was asked for.",
)
