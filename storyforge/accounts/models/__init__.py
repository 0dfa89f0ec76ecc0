"""People who sign in, what they prove it with, and what they did."""

from storyforge.accounts.models.audit import AuditEntry
from storyforge.accounts.models.families import RefreshToken, TokenFamily
from storyforge.accounts.models.provider_keys import ProviderKey
from storyforge.accounts.models.session import Session
from storyforge.accounts.models.tokens import APIToken
from storyforge.accounts.models.user import User

__all__ = [
    "APIToken",
    "AuditEntry",
    "ProviderKey",
    "RefreshToken",
    "Session",
    "TokenFamily",
    "User",
]
