from storyforge.accounts.api.account import (
    AccountView,
    ActivityView,
    ExportView,
    SessionsView,
    SessionView,
)
from storyforge.accounts.api.auth import (
    ConfirmView,
    ForgotView,
    LoginView,
    LogoutView,
    PasswordView,
    RefreshView,
    RegisterView,
    ResetView,
    me,
)
from storyforge.accounts.api.provider_keys import ProviderKeyViewSet
from storyforge.accounts.api.tokens import TokenViewSet

__all__ = [
    "AccountView",
    "ActivityView",
    "ConfirmView",
    "ExportView",
    "ForgotView",
    "LoginView",
    "LogoutView",
    "PasswordView",
    "ProviderKeyViewSet",
    "RefreshView",
    "RegisterView",
    "ResetView",
    "SessionView",
    "SessionsView",
    "TokenViewSet",
    "me",
]
