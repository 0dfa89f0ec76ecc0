"""How rows are kept and changed by runs: saving, history, stale marks, going back."""
