from __future__ import annotations

import bcrypt
from django.contrib.auth.hashers import Argon2PasswordHasher, BCryptPasswordHasher

BCRYPT_BYTES = 72  # bcrypt reads no more; the library refuses longer passwords, older ones cut them


class Argon2id(Argon2PasswordHasher):
    """Argon2id with the parameters of OWASP's password storage cheat sheet: 19 MiB, t=2, p=1.

    Django's default of 100 MiB and eight lanes costs six times the time and memory on small machines.
    """

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1


class Bcrypt(BCryptPasswordHasher):
    """Hashes that were brought from elsewhere, stored as `bcrypt$$2b$12$…`; renewed at the next sign-in."""

    def encode(self, password: str, salt: bytes) -> str:  # type: ignore[override]
        data = bcrypt.hashpw(password.encode()[:BCRYPT_BYTES], salt)
        return f"{self.algorithm}${data.decode('ascii')}"
