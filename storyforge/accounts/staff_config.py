from django.contrib.admin.apps import AdminConfig


class StaffAdmin(AdminConfig):
    """Django's admin, with our site in its place."""

    default_site = "storyforge.accounts.staff.StaffSite"
