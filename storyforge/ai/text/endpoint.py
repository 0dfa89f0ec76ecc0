"""Where a model is reached: the base URL and what follows from it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from storyforge.ai.errors import ProviderMisconfigured

CLOUD = "https://api.anthropic.com"
# Sent to servers that want no key; without one the SDK would look for a key of its own.
NO_KEY = "none"


def is_loopback(host: str) -> bool:
    """Whether a host, by name or address, is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """A Messages endpoint. `url` is without the trailing `/v1`, which the SDK adds."""

    url: str

    @classmethod
    def of(cls, base_url: str) -> Endpoint:
        """Read a base URL as people write them; empty means Anthropic's own.

        Raises `ProviderMisconfigured` for what is not an HTTP URL, or one with credentials in it.
        """
        url = (base_url or CLOUD).strip().rstrip("/").removesuffix("/v1")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ProviderMisconfigured("The base URL of the AI service is not an HTTP URL.")
        if parts.username is not None or parts.password is not None:
            raise ProviderMisconfigured("The base URL of the AI service may not hold a password.")
        return cls(url=url)

    @property
    def host(self) -> str:
        """Name or address, lower case."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_cloud(self) -> bool:
        """Whether this is Anthropic's own endpoint."""
        return self.host == "anthropic.com" or self.host.endswith(".anthropic.com")

    @property
    def is_loopback(self) -> bool:
        """Whether calls stay on this machine."""
        return is_loopback(self.host)

    @property
    def proxy(self) -> str | None:
        """The proxy that the environment names for it; none for loopback."""
        if self.is_loopback or proxy_bypass(self.host):
            return None
        proxies = getproxies()
        return proxies.get(urlsplit(self.url).scheme) or proxies.get("all")

    def checked_key(self, key: str) -> str:
        """The key as it is sent. Raises `ProviderMisconfigured` where it cannot be a header."""
        if not key and self.is_cloud:
            raise ProviderMisconfigured("There is no key for the AI service.")
        if not key.isascii() or any(c.isspace() or not c.isprintable() for c in key):
            raise ProviderMisconfigured("The key for the AI service holds a stray character.")
        return key or NO_KEY
