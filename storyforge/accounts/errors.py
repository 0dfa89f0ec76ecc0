from __future__ import annotations

from storyforge.core.errors import StoryforgeError


class SignInRefused(StoryforgeError):
    """The address or the password is not right, or the address is not confirmed yet."""

    code = "sign_in_refused"
    status = 401


class SignInLocked(StoryforgeError):
    """Too many wrong tries. Signing in to this account from here is closed for a while."""

    code = "sign_in_locked"
    status = 429
    retryable = True


class SecondFactorNeeded(StoryforgeError):
    """This account has a second factor: send its current code, or a recovery code, as `code`."""

    code = "second_factor_required"
    status = 401


class RefreshRefused(StoryforgeError):
    """This refresh token is unknown, used, expired or revoked. Sign in again."""

    code = "refresh_refused"
    status = 401


class LinkDead(StoryforgeError):
    """This link was used, is too old, or is not complete."""

    code = "link_dead"
    status = 410


class ReadOnlyToken(StoryforgeError):
    """This token may only read."""

    code = "token_scope"
    status = 403


class PersonNeeded(StoryforgeError):
    """An API token may not change how its owner signs in. Sign in yourself."""

    code = "person_needed"
    status = 403


class PasswordNeeded(StoryforgeError):
    """Send your current password to confirm this."""

    code = "password_needed"
    status = 403
