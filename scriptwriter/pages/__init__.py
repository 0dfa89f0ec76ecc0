"""The studio's pages of books and scripts."""
