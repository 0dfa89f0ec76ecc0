"""How one signs in: second factors, passkeys, and where one is signed in."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from storyforge.accounts import audit, recovery, second_factor
from storyforge.accounts.mail import tell
from storyforge.accounts.signins import end_sign_in, sign_ins
from storyforge.core.errors import NotFound
from storyforge.web.account import AccountPage, ProvedPage, prove_first
from storyforge.web.pages import StudioPage

CODES_TEMPLATE = "accounts/recovery_codes.html"
TOTP_SECRET = "totp_secret"  # noqa: S105 - in the session, until the app has shown its first code


class TotpForm(forms.Form):
    """The first code of an authenticator app."""

    code = forms.CharField(
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasskeyForm(forms.Form):
    """What the browser made, and what its owner calls it."""

    name = forms.CharField(max_length=second_factor.NAME_LENGTH, required=False)
    credential = forms.JSONField(widget=forms.HiddenInput)


class SecurityPage(AccountPage):
    """Factors, sign-ins, tokens at a glance."""

    template_name = "accounts/security.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        factors = second_factor.factors(self.user)
        return super().get_context_data(**kwargs) | {
            "totp": next((f for f in factors if f.type == "totp"), None),
            "passkeys": [f for f in factors if f.type == "webauthn"],
            "codes_left": recovery.left(self.user),
            "factor_on": bool(factors),
            "sign_ins": sign_ins(self.user, session_key=self.request.session.session_key or ""),
            "must": self.user.is_staff and not factors,
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        """End one sign-in; whoever found an open laptop ends nobody's."""
        if away := prove_first(request):
            messages.info(request, "Show that it is you, then press End again.")
            return away
        end_sign_in(self.user, request.POST.get("end", "").replace("\0", ""))
        messages.success(request, "That sign-in has ended.")
        return redirect("security")


class ChangingPage(ProvedPage):
    """A page that changes the factors."""

    def changed(self, action: str, words: str) -> HttpResponse:
        """Write it down, write a letter, and lead to the overview."""
        audit.note(self.request, action, person=self.user)
        tell(self.user, "factors", what=words)
        messages.success(self.request, words)
        return redirect("security")

    def show_codes(self) -> HttpResponse:
        """Make recovery codes and show them, this once."""
        context = StudioPage.get_context_data(self) | {"codes": recovery.make(self.user)}
        return render(self.request, CODES_TEMPLATE, context)


class TotpPage(ChangingPage):
    """Set an authenticator app up."""

    template_name = "accounts/totp.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.session[TOTP_SECRET] = second_factor.new_secret()
        self.form = TotpForm()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        secret = self.request.session[TOTP_SECRET]
        uri = second_factor.totp_uri(self.user, secret)
        return super().get_context_data(**kwargs) | {
            "secret": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
            "picture": second_factor.totp_picture(uri),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        secret = request.session.get(TOTP_SECRET)
        if secret is None:
            return redirect("totp")
        form = TotpForm(request.POST)
        if form.is_valid() and second_factor.turn_on_totp(
            self.user, secret, form.cleaned_data["code"]
        ):
            del request.session[TOTP_SECRET]
            request.session[second_factor.SESSION_MARK] = True
            done = self.changed("factor.added", "Your authenticator app is set up.")
            return done if recovery.left(self.user) else self.show_codes()
        form.add_error("code", "This is not the code the app shows now. Wait for the next one.")
        return self.again(form)


class PasskeysPage(ChangingPage):
    """Add a passkey."""

    template_name = "accounts/passkeys.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = PasskeyForm()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PasskeyForm(request.POST)
        if form.is_valid() and second_factor.add_passkey(self.user, **form.cleaned_data):
            request.session[second_factor.SESSION_MARK] = True
            done = self.changed("factor.added", "Your passkey is added.")
            return done if recovery.left(self.user) else self.show_codes()
        form.add_error(None, "This passkey was not accepted. Try again.")
        return self.again(form)


class PasskeyOptions(ProvedPage):
    """What the browser needs to make a passkey."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        options = second_factor.passkey_to_make(self.user)
        return JsonResponse(json.loads(json.dumps(options, default=dict)))


class FactorPage(ChangingPage):
    """Take one factor away."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, factor: int) -> HttpResponse:
        if not second_factor.turn_off(self.user, factor):
            raise NotFound
        if not second_factor.is_on(self.user):
            request.session[second_factor.SESSION_MARK] = False
        return self.changed("factor.removed", "It is removed.")


class RecoveryCodesPage(ChangingPage):
    """How many codes for a lost phone are left, and new ones."""

    template_name = CODES_TEMPLATE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = recovery.left(self.user) if second_factor.is_on(self.user) else None
        return super().get_context_data(**kwargs) | {"left": count}

    def post(self, request: HttpRequest) -> HttpResponse:
        if not second_factor.is_on(self.user):
            raise NotFound
        self.changed("recovery_codes.made", "You have new recovery codes; the old ones are dead.")
        return self.show_codes()
