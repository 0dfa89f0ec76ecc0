from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend


class ConfirmedUsers(ModelBackend):
    """E-mail and password of an active account whose address was confirmed.

    The password is hashed before either is looked at, and for unknown addresses too: time tells nothing.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and user.confirmed_at is not None
