"""What writers are shown."""
