"""A new account, its confirmation, and a new password for a lost one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from storyforge.accounts import joining, links
from storyforge.accounts.models import User
from storyforge.accounts.passwords import LONGEST, problems_with
from storyforge.web.sign_in import RatedForm


class NewPasswordForm(RatedForm):
    """A password by our rules: long, not common, not the address."""

    password = forms.CharField(
        max_length=LONGEST,
        strip=False,
        help_text="At least 12 characters. A few words you remember are good.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def person(self, data: dict[str, Any]) -> User:
        return User(email=data.get("email", ""), name=data.get("name", ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if password := data.get("password"):
            for problem in problems_with(password, self.person(data)):
                self.add_error("password", problem)
        return data


class RegisterForm(NewPasswordForm):
    """A new account."""

    name = forms.CharField(max_length=150, required=False)
    email = forms.EmailField(max_length=254)
    field_order = ["name", "email", "password"]


class ConfirmForm(RatedForm):
    """The password of the new account: whoever has the letter need not have made it."""

    password = forms.CharField(
        label="The password you chose",
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, request: HttpRequest, link: tuple[str, str], *args: Any) -> None:
        super().__init__(request, *args)
        self.link = link

    def prove(self, data: dict[str, Any]) -> None:
        joining.confirm(self.request, *self.link, data["password"])


class ResetForm(NewPasswordForm):
    """A new password for an account that is known."""

    def __init__(self, request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.user = user

    def person(self, data: dict[str, Any]) -> User:
        return self.user


class ForgotForm(RatedForm):
    """An address that may have an account."""

    email = forms.EmailField(max_length=254)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Make an account. What is answered is the same whether the address has one or not."""
    if not settings.REGISTRATION_OPEN:
        raise Http404
    form = RegisterForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        joining.register(request, email=data["email"], password=data["password"], name=data["name"])
        context = {"email": data["email"], "by_letter": settings.EMAIL_CONFIRMATION}
        return render(request, "accounts/registered.html", context)
    return render(request, "accounts/register.html", {"form": form}, status=form.status)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Confirm an address. By a form, since mail programs follow links by themselves."""
    if links.confirm.user_of(uid, token) is None:
        return render(request, "accounts/link_dead.html", status=410)
    form = ConfirmForm(request, (uid, token), request.POST or None)
    if request.method == "POST" and form.is_valid():
        return render(request, "accounts/confirmed.html")
    return render(request, "accounts/confirm.html", {"form": form}, status=form.status)


@never_cache
@require_http_methods(["GET", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer is the same for every address."""
    form = ForgotForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        joining.forgot(request, form.cleaned_data["email"])
        return render(request, "accounts/forgot_sent.html", {"email": form.cleaned_data["email"]})
    return render(request, "accounts/forgot.html", {"form": form}, status=form.status)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Choose a new password by the link in the letter."""
    user = links.reset.user_of(uid, token)
    if user is None:
        return render(request, "accounts/link_dead.html", status=410)
    form = ResetForm(request, user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        joining.reset(request, user, form.cleaned_data["password"])
        return render(request, "accounts/reset_done.html")
    return render(request, "accounts/reset.html", {"form": form}, status=form.status)
