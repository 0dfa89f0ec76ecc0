"""The endpoints of books, plots and scripts."""
