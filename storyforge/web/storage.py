from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):
    """Static files under names that carry their hash; imports inside our ES modules follow."""

    support_js_module_import_aggregation = True
    manifest_strict = False  # `manage.py check` and tests run before collectstatic
