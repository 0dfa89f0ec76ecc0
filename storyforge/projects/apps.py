from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "storyforge.projects"
    label = "projects"
