"""Does time tell who has an account? Each way to ask, for addresses of each standing, in a shuffled order.

Two figures stand beside the medians. AUC is how often an answer for such an address took longer than one for
an unknown address (Mann and Whitney's U over all pairs): 0.5 where time tells nothing, 0 or 1 where one answer is
enough to know. `sure` is how far from 0.5 it comes by chance in 95 of 100 runs of as many answers.
Each answer is for another address and comes from another network address, so that nothing is locked or remembered.
"""

from __future__ import annotations

import itertools
import logging
import os
import random
import statistics
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

LETTERS = tempfile.mkdtemp(prefix="letters-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyforge.settings")
os.environ |= {
    "RATE_LIMITS": "off",
    "EMAIL_URL": f"file://{LETTERS}",
    "ALLOWED_HOSTS": "testserver",
}
SAMPLES = int(os.environ.get("SAMPLES", "300"))
WARM = 10  # answers of each standing that are not counted
AT_ONCE = 20
PASSWORD = "a quiet harbor at dusk"  # noqa: S105 - of accounts made here
WRONG = "another harbor at dawn"
UNKNOWN = "unknown"
_numbers = itertools.count(1)

Ask = Callable[[str], float]  # an address to the seconds that its answer took


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to ask about an address, and the standings that may differ from an unknown one."""

    name: str
    ask: Ask
    standings: tuple[str, ...] = ("known",)
    samples: int = SAMPLES


def client() -> Any:
    """Nobody's, from an address of its own, so that no try is locked."""
    from rest_framework.test import APIClient

    number = next(_numbers)
    return APIClient(REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")


def post(path: str, body: dict[str, Any], *, by: Any = None, status: tuple[int, ...]) -> float:
    """The seconds of one answer; RuntimeError where it is not the one that is meant."""
    each = by or client()
    started = time.perf_counter()
    answer = each.post(path, body, format="json" if path.startswith("/api") else "multipart")
    took = time.perf_counter() - started
    if answer.status_code not in status:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.content[:300]!r}")
    return took


def sign_in(email: str) -> float:
    return post("/api/v1/auth/login", {"email": email, "password": WRONG}, status=(401,))


def sign_in_on_the_page(email: str) -> float:
    return post("/sign-in", {"username": email, "password": WRONG}, status=(200, 401))


def locked(email: str) -> float:
    """The answer to one who has tried too often."""
    from django.conf import settings

    each, body = client(), {"email": email, "password": WRONG}
    for _ in range(settings.SIGN_IN_TRIES):
        post("/api/v1/auth/login", body, by=each, status=(401, 429))
    return post("/api/v1/auth/login", body, by=each, status=(429,))


def register(email: str) -> float:
    body = {"email": email, "password": PASSWORD, "name": "Ada"}
    return post("/api/v1/auth/register", body, status=(202,))


def lost_password(email: str) -> float:
    return post("/api/v1/auth/password/forgot", {"email": email}, status=(202,))


def link(path: str, route: str) -> Ask:
    """A made-up link to the account of this address, or to a number that no account has."""

    def ask(email: str) -> float:
        from django.utils.http import urlsafe_base64_encode

        from storyforge.accounts import links
        from storyforge.accounts.models import User

        user = User.objects.filter(email=email).first() or User(pk=10**9 + next(_numbers))
        token = getattr(links, route).make_token(User(pk=0, email=email, password="!"))  # noqa: S106
        uid = urlsafe_base64_encode(str(user.pk).encode())
        return post(path, {"uid": uid, "token": token, "password": PASSWORD}, status=(410,))

    return ask


def invitation() -> Ask:
    """Asking an address into a project, by its owner; it is taken back, uncounted, so that none piles up."""
    from rest_framework.test import APIClient

    from storyforge.accounts.models import User
    from storyforge.core.acting import Door, acting_as
    from storyforge.projects.models import Invitation, Project

    owner = User.objects.get(email="owner@example.org")
    with acting_as(owner.pk, door=Door.ADMIN):
        project = Project.start(owner, name="The Lighthouse")
    by = APIClient()
    by.force_login(owner)

    def ask(email: str) -> float:
        path = f"/api/v1/projects/{project.pk}/invitations"
        took = post(path, {"email": email, "role": "viewer"}, by=by, status=(202,))
        with acting_as(None, door=Door.ADMIN):
            Invitation.objects.all().delete()
        return took

    return ask


def ways() -> Iterator[Way]:
    every = ("known", "unconfirmed", "disabled")
    yield Way(name="sign in", ask=sign_in, standings=every)
    yield Way(name="sign in on the page", ask=sign_in_on_the_page)
    yield Way(name="sign in, locked", ask=locked, samples=SAMPLES // 3)  # each is six
    yield Way(name="register", ask=register, standings=every)
    yield Way(name="lost password", ask=lost_password, standings=every)
    yield Way(name="confirm by a made-up link", ask=link("/api/v1/auth/confirm", "confirm"))
    yield Way(name="reset by a made-up link", ask=link("/api/v1/auth/password/reset", "reset"))
    yield Way(name="invitation", ask=invitation())


def people(run: str, standing: str, count: int) -> list[str]:
    """So many addresses of a standing, with their accounts where they have one."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from storyforge.accounts.models import User

    addresses = [f"{run}{n}.{standing}@example.org" for n in range(count + WARM)]
    if standing != UNKNOWN:
        hashed = make_password(PASSWORD)
        confirmed = None if standing == "unconfirmed" else timezone.now()
        User.objects.bulk_create(
            User(
                email=email,
                password=hashed,
                name="Ada",
                confirmed_at=confirmed,
                is_active=standing != "disabled",
            )
            for email in addresses
        )
    return addresses


def measure(way: Way, run: str) -> dict[str, list[float]]:
    """Seconds by standing: one address of each in turn, in an order that is drawn anew each time."""
    asked = {standing: people(run, standing, way.samples) for standing in (UNKNOWN, *way.standings)}
    times: dict[str, list[float]] = {standing: [] for standing in asked}
    dice = random.Random(run)  # noqa: S311
    for number, addresses in enumerate(zip(*asked.values(), strict=True)):
        order = list(zip(asked, addresses, strict=True))
        dice.shuffle(order)
        for standing, email in order:
            took = way.ask(email)
            time.sleep(0.002)  # what goes on beside an answer ends before the next
            if number >= WARM:
                times[standing].append(took)
    return times


def auc(ones: Iterable[float], others: Iterable[float]) -> float:
    """How often one of the first took longer than one of the second; a draw is half."""
    low, high = sorted(others), list(ones)
    wins = sum(bisect_left(low, each) + bisect_right(low, each) for each in high)
    return wins / (2 * len(low) * len(high))


def by_chance(count: int) -> float:
    """How far from 0.5 AUC comes in 95 of 100 runs, where two times `count` answers are alike."""
    return 1.96 * ((2 * count + 1) / (12 * count * count)) ** 0.5


def show(way: Way, times: dict[str, list[float]]) -> None:
    plain = statistics.median(times[UNKNOWN]) * 1000
    for standing in way.standings:
        median = statistics.median(times[standing]) * 1000
        telling = auc(times[standing], times[UNKNOWN])
        print(
            f"{way.name:<26} {standing:<12} {median:8.2f} {plain:8.2f}"
            f"   {telling:.3f}   {by_chance(way.samples):.3f}",
            flush=True,
        )


def sign_ins_at_once() -> None:
    """How long the slowest of so many sign-ins at the same moment waits."""
    from django.db import connections

    def once(_: int) -> float:
        try:
            return post(
                "/api/v1/auth/login",
                {"email": "owner@example.org", "password": PASSWORD},
                status=(200,),
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        took = sorted(threads.map(once, range(AT_ONCE)))
    print(
        f"{AT_ONCE} sign-ins at once: median {took[AT_ONCE // 2]:.2f} s, slowest {took[-1]:.2f} s"
    )


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from storyforge.accounts.models import User

    logging.disable(logging.CRITICAL)  # a line for each refusal
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    call_command("migrate", verbosity=0)
    User.objects.filter(email__endswith="@example.org").delete()
    User.objects.create_user("owner@example.org", PASSWORD)
    print(f"{SAMPLES} answers of each standing; medians in ms")
    print(f"{'way':<26} {'standing':<12} {'median':>8} {'unknown':>8}   AUC     sure")
    only = os.environ.get("ONLY", "")
    for number, way in enumerate(ways()):
        if only in way.name:
            show(way, measure(way, f"r{number}x"))
    sign_ins_at_once()


if __name__ == "__main__":
    main()
