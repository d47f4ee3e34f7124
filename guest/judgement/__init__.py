"""Judgements: pure functions that make checks of what was seen."""
