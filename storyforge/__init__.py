"""Storyforge; docs/architecture.md says what stands where."""

import gc

# What is imported stays: looking through it for garbage as often as Python does by itself takes a tenth of each start.
gc.set_threshold(50_000, 20, 20)
