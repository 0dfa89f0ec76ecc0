"""Signing in and out. Plain forms: all but passkeys work without JavaScript."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from storyforge.accounts import audit, credentials, links, lockout, second_factor
from storyforge.accounts.models import User
from storyforge.accounts.passwords import LONGEST
from storyforge.core import clock
from storyforge.core.errors import StoryforgeError
from storyforge.core.rates import Rate, count

BACKEND = "storyforge.accounts.backends.ConfirmedUsers"
PENDING_SECONDS = 600  # between the password and the second factor
NEXT_LENGTH = 2_000


class RatedForm(forms.Form):
    """A form anybody may send: its tries are counted, and our refusals become its errors."""

    status = 200

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            try:
                count(self.request, Rate.SIGN_IN)
                self.prove(data)
            except StoryforgeError as error:
                self.status = error.status if error.status == 429 else 200
                self.add_error(None, error.message)
        return data

    def prove(self, data: dict[str, Any]) -> None:
        """Raise a StoryforgeError when the data does not open the door."""


class SignInForm(RatedForm):
    """Address and password."""

    user: User
    username = forms.CharField(
        label="Email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username webauthn", "autofocus": True}),
    )
    password = forms.CharField(
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def prove(self, data: dict[str, Any]) -> None:
        self.user = credentials.check_password(
            self.request, email=data["username"], password=data["password"]
        )


class CodeForm(RatedForm):
    """The second factor: a code by hand, or what a passkey answered."""

    code = forms.CharField(
        max_length=40,
        required=False,
        help_text="From your authenticator app, or one of your recovery codes.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )
    credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.user = user

    def prove(self, data: dict[str, Any]) -> None:
        credentials.check_factor(
            self.request, self.user, code=data["code"], credential=data["credential"]
        )


class PasskeyForm(RatedForm):
    """What a passkey answered, by which its owner is known."""

    user: User
    credential = forms.JSONField(widget=forms.HiddenInput)

    def prove(self, data: dict[str, Any]) -> None:
        self.user = credentials.check_passkey(self.request, data["credential"])


def wished(request: HttpRequest) -> str:
    """Where to go afterwards: a path of this site, else home."""
    after = (request.POST.get("next") or request.GET.get("next") or "").replace("\0", "")
    safe = len(after) <= NEXT_LENGTH and url_has_allowed_host_and_scheme(
        after, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return after if safe else resolve_url("projects")


def enter(request: HttpRequest, user: User, *, shown: bool) -> None:
    """Start the session; `shown`: with a second factor. Django gives it a new key."""
    login(request, user, backend=BACKEND)
    request.session[second_factor.SESSION_MARK] = shown
    request.session[credentials.PROVED] = clock.now().timestamp()
    lockout.forget(request, user)
    audit.note(request, "sign_in", person=user)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Address and password; then the second factor where there is one."""
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if second_factor.is_on(form.user):
            request.session["pending"] = {
                "user": form.user.pk,
                "at": clock.now().timestamp(),
                "next": wished(request),
            }
            return redirect("sign_in_code")
        enter(request, form.user, shown=False)
        return redirect(wished(request))
    context = {"form": form, "next": wished(request)}
    return render(request, "accounts/sign_in.html", context, status=form.status)


def pending(request: HttpRequest) -> tuple[User | None, str]:
    """Who has given their password here and not yet the second factor, and where they wished to go."""
    wait = request.session.get("pending") or {}
    if not wait or clock.now().timestamp() - wait["at"] > PENDING_SECONDS:
        return None, ""
    return User.objects.filter(pk=wait["user"], is_active=True).first(), wait["next"]


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second factor of whoever has given a right password within ten minutes."""
    user, after = pending(request)
    if user is None:
        return redirect("sign_in")
    form = CodeForm(request, user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        del request.session["pending"]
        enter(request, user, shown=True)
        return redirect(after)
    context = {"form": form, "has_passkey": second_factor.has_passkey(user)}
    return render(request, "accounts/sign_in_code.html", context, status=form.status)


@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to ask for a passkey: anybody's, or of whoever is to be proved here."""
    try:
        count(request, Rate.SIGN_IN)
    except StoryforgeError as error:
        return JsonResponse({"detail": error.message}, status=error.status)
    known = request.user if request.user.is_authenticated else pending(request)[0]
    return JsonResponse(json.loads(json.dumps(second_factor.passkey_to_show(known), default=dict)))


@never_cache
@require_POST
def sign_in_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone: it was unlocked by finger, face or PIN, and so is two factors."""
    form = PasskeyForm(request, request.POST)
    if form.is_valid():
        enter(request, form.user, shown=True)
        return redirect(wished(request))
    context = {"form": SignInForm(request), "next": wished(request), "refused": form.errors}
    return render(request, "accounts/sign_in.html", context, status=form.status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    if request.user.is_authenticated:
        audit.note(request, "sign_out", person=request.user)
    logout(request)
    answer = redirect("sign_in")
    # Drafts that were not saved lie in the browser, and the next person at it is somebody else.
    answer["Clear-Site-Data"] = '"storage"'
    return answer


@require_GET
def sign_in_link(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Sign in once by a link that was printed on the operator's own terminal."""
    user = links.sign_in.user_of(uid, token)
    if user is None:
        return render(request, "accounts/link_used.html", status=410)
    enter(request, user, shown=False)
    return redirect("projects")
