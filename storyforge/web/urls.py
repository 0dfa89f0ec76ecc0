from __future__ import annotations

from django.urls import path

from storyforge.web.account import (
    ActivityPage,
    DataPage,
    ExportPage,
    PasswordPage,
    ProfilePage,
    ProvePage,
)
from storyforge.web.files import FilePage
from storyforge.web.joining import confirm, forgot, register, reset
from storyforge.web.members import InvitationPage, MembersPage
from storyforge.web.projects import JobPage, JobsPage, ProjectsPage, TokensPage, start_project
from storyforge.web.provider_key import ProviderKeyPage
from storyforge.web.security import (
    FactorPage,
    PasskeyOptions,
    PasskeysPage,
    RecoveryCodesPage,
    SecurityPage,
    TotpPage,
)
from storyforge.web.sign_in import (
    passkey_options,
    sign_in,
    sign_in_code,
    sign_in_link,
    sign_in_passkey,
    sign_out,
)
from storyforge.web.usage import UsageFilePage, UsagePage
from storyforge.web.webhooks import WebhooksPage

urlpatterns = [
    path("", ProjectsPage.as_view(), name="projects"),
    path("sign-in", sign_in, name="sign_in"),
    path("sign-in/code", sign_in_code, name="sign_in_code"),
    path("sign-in/passkey", sign_in_passkey, name="sign_in_passkey"),
    path("sign-in/passkey/options", passkey_options, name="passkey_options"),
    path("sign-in/<str:uid>/<str:token>", sign_in_link, name="sign_in_link"),
    path("sign-out", sign_out, name="sign_out"),
    path("register", register, name="register"),
    path("confirm/<str:uid>/<str:token>", confirm, name="confirm"),
    path("password/forgot", forgot, name="forgot"),
    path("password/reset/<str:uid>/<str:token>", reset, name="reset"),
    path("own-key", ProviderKeyPage.as_view(), name="own_key"),
    path("account", ProfilePage.as_view(), name="account"),
    path("account/password", PasswordPage.as_view(), name="password"),
    path("account/security", SecurityPage.as_view(), name="security"),
    path("account/security/app", TotpPage.as_view(), name="totp"),
    path("account/security/passkeys", PasskeysPage.as_view(), name="passkeys"),
    path(
        "account/security/passkeys/options", PasskeyOptions.as_view(), name="passkey_make_options"
    ),
    path("account/security/recovery-codes", RecoveryCodesPage.as_view(), name="recovery_codes"),
    path("account/security/<int:factor>/remove", FactorPage.as_view(), name="remove_factor"),
    path("account/usage", UsagePage.as_view(), name="my_usage"),
    path("account/usage/file", UsageFilePage.as_view(), name="usage_file"),
    path("files/<str:token>", FilePage.as_view(), name="file"),
    path("account/activity", ActivityPage.as_view(), name="my_activity"),
    path("account/data", DataPage.as_view(), name="my_data"),
    path("account/data/export", ExportPage.as_view(), name="export_account"),
    path("account/prove", ProvePage.as_view(), name="prove"),
    path("tokens", TokensPage.as_view(), name="tokens"),
    path("projects/new", start_project, name="start_project"),
    path("projects/<uuid:project_pk>/members", MembersPage.as_view(), name="project_members"),
    path("invitations/<str:token>", InvitationPage.as_view(), name="invitation"),
    path("projects/<uuid:project_pk>/webhooks", WebhooksPage.as_view(), name="webhooks"),
    path("projects/<uuid:project_pk>/jobs", JobsPage.as_view(), name="jobs"),
    path("projects/<uuid:project_pk>/jobs/<uuid:pk>", JobPage.as_view(), name="job"),
]
