"""Signing in, out and up. Plain forms: they work without JavaScript."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from storyforge.accounts.links import user_of_link
from storyforge.accounts.models import User


class RegisterForm(forms.Form):
    """A new account."""

    name = forms.CharField(max_length=150, required=False)
    email = forms.EmailField()
    password = forms.CharField(widget=forms.PasswordInput, strip=False)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError("This address has an account; sign in instead.")
        return str(email)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if password := data.get("password"):
            user = User(email=data.get("email", ""), name=data.get("name", ""))
            try:
                validate_password(password, user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Make an account and sign in."""
    if not settings.REGISTRATION_OPEN:
        raise Http404
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        user = User.objects.create_user(data["email"], data["password"], name=data["name"])
        login(request, user)
        return redirect("projects")
    return render(request, "accounts/register.html", {"form": form})


@require_GET
def sign_in_link(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Sign in once by a link that was printed on the operator's own terminal."""
    user = user_of_link(uid, token)
    if user is None:
        return render(request, "accounts/link_used.html", status=410)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("projects")
