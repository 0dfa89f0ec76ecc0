from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from storyforge.web.projects import JobPage, JobsPage, ProjectsPage, TokensPage, start_project
from storyforge.web.sign_in import register, sign_in_link
from storyforge.web.webhooks import WebhooksPage

urlpatterns = [
    path("", ProjectsPage.as_view(), name="projects"),
    path("sign-in", LoginView.as_view(template_name="accounts/sign_in.html"), name="sign_in"),
    path("sign-in/<str:uid>/<str:token>", sign_in_link, name="sign_in_link"),
    path("sign-out", LogoutView.as_view(), name="sign_out"),
    path("register", register, name="register"),
    path("tokens", TokensPage.as_view(), name="tokens"),
    path("projects/new", start_project, name="start_project"),
    path("projects/<uuid:project_pk>/webhooks", WebhooksPage.as_view(), name="webhooks"),
    path("projects/<uuid:project_pk>/jobs", JobsPage.as_view(), name="jobs"),
    path("projects/<uuid:project_pk>/jobs/<uuid:pk>", JobPage.as_view(), name="job"),
]
