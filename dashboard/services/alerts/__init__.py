"""Alerts: rules that watch, incidents they open, messages that tell of them elsewhere."""
