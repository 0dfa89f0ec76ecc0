"""One's own account: name, password, what happened, and all data out or away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from storyforge.accounts import audit, credentials, second_factor
from storyforge.accounts.belongings import archive_response
from storyforge.accounts.leaving import delete_account
from storyforge.accounts.mail import tell
from storyforge.accounts.models import AuditEntry, User
from storyforge.accounts.passwords import LONGEST
from storyforge.core import clock
from storyforge.web.joining import NewPasswordForm
from storyforge.web.pages import StudioPage
from storyforge.web.sign_in import CodeForm, wished

ENTRIES_A_PAGE = 50


class AccountPage(StudioPage):
    """A page about oneself; `form` is what it shows and takes."""

    form: forms.BaseForm | None = None
    status = 200

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"form": self.form, "account": self.user}

    def again(self, form: forms.BaseForm) -> HttpResponse:
        """The page once more, with what was wrong."""
        self.form = form
        status = getattr(form, "status", 200)
        return self.render_to_response(self.get_context_data(**self.kwargs), status=status)


class ProvedPage(AccountPage):
    """A page for what a stranger at an open laptop must not do: asks again after a quarter of an hour."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return prove_first(request) or super().dispatch(request, *args, **kwargs)


def prove_first(request: HttpRequest) -> HttpResponse | None:
    """The way to the page that asks who they are, and back here; None for who showed it lately."""
    if not request.user.is_authenticated or credentials.proved_lately(request):
        return None
    return redirect(f"{reverse('prove')}?{urlencode({'next': request.path})}")


class NameForm(forms.ModelForm):  # type: ignore[type-arg]
    """What others see."""

    class Meta:
        model = User
        fields = ["name"]
        help_texts = {"name": "What the people you work with see."}


class PasswordForm(NewPasswordForm):
    """A new password, and the old one as proof."""

    current = forms.CharField(
        label="Current password",
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["current", "password"]

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["password"].label = "New password"

    def person(self, data: dict[str, Any]) -> User:
        return self.request.user  # type: ignore[return-value]

    def prove(self, data: dict[str, Any]) -> None:
        credentials.confirm_password(self.request, self.person(data), data["current"])


class ProveForm(CodeForm):
    """Password, code or passkey: whichever they have at hand."""

    password = forms.CharField(
        max_length=LONGEST,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["password", "code", "credential"]

    def __init__(self, request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, user, *args, **kwargs)
        if not second_factor.is_on(user):
            del self.fields["code"]
        else:
            self.fields["code"].widget.attrs.pop("autofocus", None)

    def prove(self, data: dict[str, Any]) -> None:
        if data.get("password"):
            credentials.confirm_password(self.request, self.user, data["password"])
        else:
            code, credential = data.get("code", ""), data["credential"]
            credentials.check_factor(self.request, self.user, code=code, credential=credential)


class DeleteForm(forms.Form):
    """The address, typed, so that no stray click deletes an account."""

    email = forms.CharField(
        label="Type your address to delete the account",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        if self.cleaned_data["email"].lower() != self.user.email:
            raise forms.ValidationError("This is not the address of this account.")
        return str(self.cleaned_data["email"])


class ProfilePage(AccountPage):
    """Name and address."""

    template_name = "accounts/profile.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = NameForm(instance=self.user)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NameForm(request.POST, instance=self.user)
        if not form.is_valid():
            return self.again(form)
        User.objects.filter(pk=self.user.pk).update(name=form.cleaned_data["name"])
        messages.success(request, "Saved.")
        return redirect("account")


class PasswordPage(AccountPage):
    """Change the password; every other sign-in ends."""

    template_name = "accounts/password.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = PasswordForm(request)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PasswordForm(request, request.POST)
        if not form.is_valid():
            return self.again(form)
        user = self.user
        user.change_password(
            form.cleaned_data["password"], keep_session=request.session.session_key
        )
        credentials.keep_signed_in(request, user)
        audit.note(request, "password.changed", person=user)
        tell(user, "changed")
        messages.success(request, "Your password is changed. Every other sign-in has ended.")
        return redirect("security")


class ActivityPage(AccountPage):
    """What was done in one's name."""

    template_name = "accounts/activity.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entries = AuditEntry.objects.filter(actor=self.user.audit_id).order_by("-at", "-pk")
        page = Paginator(entries, ENTRIES_A_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {"page": page}


class DataPage(ProvedPage):
    """Everything out, or everything away."""

    template_name = "accounts/data.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = DeleteForm(self.user)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DeleteForm(self.user, request.POST)
        if not form.is_valid():
            return self.again(form)
        delete_account(request, self.user)
        logout(request)
        return render(request, "accounts/deleted.html")


class ExportPage(ProvedPage):
    """The archive, made while it is fetched; nothing of it is kept here."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        audit.note(request, "account.exported", person=self.user)
        return archive_response(request, self.user)


class ProvePage(AccountPage):
    """Show once more that it is you."""

    template_name = "accounts/prove.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = ProveForm(request, self.user)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_passkey = second_factor.has_passkey(self.user)
        return super().get_context_data(**kwargs) | {
            "has_passkey": has_passkey,
            "next": wished(self.request),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProveForm(request, self.user, request.POST)
        if not form.is_valid():
            return self.again(form)
        request.session.cycle_key()  # whoever knew the old key has proved nothing
        request.session[credentials.PROVED] = clock.now().timestamp()
        return redirect(wished(request))
