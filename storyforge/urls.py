"""All routes. Below /api both spellings, with and without trailing slash, answer alike."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.routers import SimpleRouter

from canon.api import (
    AliasViewSet,
    AnalyzeArchetypesView,
    ArchetypeViewSet,
    CharacterViewSet,
    UtteranceViewSet,
)
from scriptwriter.api.books import BookViewSet, ChapterViewSet
from scriptwriter.api.documents import DocumentViewSet
from scriptwriter.api.health import plot_service
from scriptwriter.api.plots import PlotViewSet
from scriptwriter.api.scenes import SceneViewSet
from scriptwriter.api.scripts import ScriptAndScenesView, ScriptViewSet, VersionViewSet
from storyforge.accounts.api import (
    AccountView,
    ActivityView,
    ConfirmView,
    ExportView,
    ForgotView,
    LoginView,
    LogoutView,
    PasswordView,
    ProviderKeyViewSet,
    RefreshView,
    RegisterView,
    ResetView,
    SessionsView,
    SessionView,
    TokenViewSet,
    me,
)
from storyforge.core import health
from storyforge.generation.api import ReceiptViewSet
from storyforge.jobs.api import JobViewSet, KindsView
from storyforge.jobs.metrics import MetricsView
from storyforge.money.api import LedgerViewSet, UsageView
from storyforge.projects.api import (
    AcceptView,
    BudgetView,
    InvitationsView,
    InvitationView,
    MembersView,
    MemberView,
    ProjectViewSet,
)
from storyforge.web.health import detailed
from storyforge.webhooks.api import DeliveryViewSet, WebhookViewSet
from worldgen.api.campaigns import CampaignViewSet
from worldgen.api.party import PlayerCharacterViewSet
from worldgen.api.runs import RunViewSet


class Router(SimpleRouter):
    """DRF's router with an optional trailing slash: a POST is never redirected."""

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"


router = Router()
router.register("projects", ProjectViewSet)
router.register("jobs", JobViewSet)
router.register("receipts", ReceiptViewSet)
router.register("webhooks", WebhookViewSet, basename="webhook")
router.register("webhook-deliveries", DeliveryViewSet, basename="delivery")
router.register("provider-keys", ProviderKeyViewSet, basename="provider-key")
router.register("account/ledger", LedgerViewSet, basename="ledger")
router.register("tokens", TokenViewSet, basename="token")
router.register("archetypes", ArchetypeViewSet)
router.register("characters", CharacterViewSet)
router.register("aliases", AliasViewSet)
router.register("utterances", UtteranceViewSet)
router.register("books", BookViewSet)
router.register("documents", DocumentViewSet, basename="document")
router.register("chapters", ChapterViewSet)
router.register("plots", PlotViewSet, basename="plot")
router.register("scripts", ScriptViewSet)
router.register("versions", VersionViewSet, basename="version")
router.register("scenes", SceneViewSet, basename="scene")
router.register("campaigns", CampaignViewSet)
router.register("runs", RunViewSet, basename="run")
router.register("player-characters", PlayerCharacterViewSet, basename="player-character")

api = [
    re_path(r"^me/?$", me, name="me"),
    re_path(r"^auth/me/?$", me, name="auth-me"),
    re_path(r"^auth/register/?$", RegisterView.as_view(), name="auth-register"),
    re_path(r"^auth/confirm/?$", ConfirmView.as_view(), name="auth-confirm"),
    re_path(r"^auth/login/?$", LoginView.as_view(), name="auth-login"),
    re_path(r"^auth/refresh/?$", RefreshView.as_view(), name="auth-refresh"),
    re_path(r"^auth/logout/?$", LogoutView.as_view(), name="auth-logout"),
    re_path(r"^auth/password/?$", PasswordView.as_view(), name="auth-password"),
    re_path(r"^auth/password/forgot/?$", ForgotView.as_view(), name="auth-forgot"),
    re_path(r"^auth/password/reset/?$", ResetView.as_view(), name="auth-reset"),
    re_path(r"^account/?$", AccountView.as_view(), name="account-row"),
    re_path(r"^account/export/?$", ExportView.as_view(), name="account-export"),
    re_path(r"^account/sessions/?$", SessionsView.as_view(), name="sessions"),
    re_path(r"^account/sessions/(?P<pk>[0-9a-f-]{1,40})/?$", SessionView.as_view(), name="session"),
    re_path(r"^account/activity/?$", ActivityView.as_view(), name="activity"),
    re_path(r"^account/usage/?$", UsageView.as_view(), name="usage"),
    re_path(
        r"^projects/(?P<project_pk>[0-9a-f-]{36})/budget/?$", BudgetView.as_view(), name="budget"
    ),
    re_path(r"^kinds/?$", KindsView.as_view(), name="kinds"),
    re_path(
        r"^characters/analyze-archetypes/?$",
        AnalyzeArchetypesView.as_view(),
        name="analyze-archetypes",
    ),
    re_path(
        r"^ai/generate-script-and-scenes/?$",
        ScriptAndScenesView.as_view(),
        name="script-and-scenes",
    ),
    re_path(
        r"^projects/(?P<project_pk>[0-9a-f-]{36})/members/?$",
        MembersView.as_view(),
        name="members",
    ),
    re_path(
        r"^projects/(?P<project_pk>[0-9a-f-]{36})/members/(?P<pk>\d{1,18})/?$",
        MemberView.as_view(),
        name="member",
    ),
    re_path(
        r"^projects/(?P<project_pk>[0-9a-f-]{36})/invitations/?$",
        InvitationsView.as_view(),
        name="invitations",
    ),
    re_path(
        r"^projects/(?P<project_pk>[0-9a-f-]{36})/invitations/(?P<pk>[0-9a-f-]{36})/?$",
        InvitationView.as_view(),
        name="invitation-detail",
    ),
    re_path(
        r"^documents/upload/?$", BookViewSet.as_view({"post": "create"}), name="document-upload"
    ),
    re_path(
        r"^documents/(?P<pk>[^/.]+)/?$",
        BookViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="document-detail",
    ),
    re_path(r"^invitations/accept/?$", AcceptView.as_view(), name="accept-invitation"),
    path("", include("worldgen.api.urls")),
    path("", include(router.urls)),
]

ROW = r"(?P<pk>[^/.]+)"
# The spellings of the script platform's document; the same views, so the same answers.
script_platform = [
    re_path(r"^jobs/?$", JobViewSet.as_view({"get": "list"})),
    re_path(r"^jobs/create/?$", JobViewSet.as_view({"post": "create"})),
    re_path(rf"^jobs/{ROW}/status/?$", JobViewSet.as_view({"get": "retrieve"})),
    re_path(rf"^jobs/{ROW}/result/?$", JobViewSet.as_view({"get": "result"})),
    re_path(rf"^jobs/{ROW}/cancel/?$", JobViewSet.as_view({"post": "cancel"})),
    re_path(
        rf"^jobs/{ROW}/events/?$",
        JobViewSet.as_view({"get": "events"}, **JobViewSet.events.kwargs),
    ),
    re_path(rf"^scenes/{ROW}/regenerate/?$", SceneViewSet.as_view({"post": "regenerate"})),
    re_path(rf"^scripts/{ROW}/create_version/?$", ScriptViewSet.as_view({"post": "write_anew"})),
    re_path(r"^characters/?$", CharacterViewSet.as_view({"get": "list", "post": "create"})),
    re_path(
        rf"^characters/{ROW}/?$",
        CharacterViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
    ),
]

urlpatterns = [
    re_path(r"^metrics/?$", MetricsView.as_view()),
    re_path(r"^health/?$", health.live, name="health"),
    re_path(r"^health/live/?$", health.live),
    re_path(r"^health/ready/?$", health.ready),
    re_path(r"^health/detailed/?$", detailed),
    re_path(r"^health/plot-service/?$", plot_service),
    path("api/v1/", include(api)),
    path("api/", include(script_platform)),
    path(
        "api/schema",
        SpectacularAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[]),
        name="schema",
    ),
    path(
        "api/docs",
        SpectacularSwaggerSplitView.as_view(
            url_name="schema", permission_classes=[AllowAny], authentication_classes=[]
        ),
        name="api-docs",
    ),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
    path("", include("storyforge.web.urls")),
    path("", include("canon.urls")),
    path("", include("scriptwriter.urls")),
    path("", include("worldgen.urls")),
]
handler400 = "storyforge.web.errors.bad_request"
handler403 = "storyforge.web.errors.forbidden"
handler404 = "storyforge.web.errors.not_found"
handler500 = "storyforge.web.errors.server_error"
