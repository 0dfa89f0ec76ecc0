"""The studio's pages of worlds."""
