"""Clocks: what a promise means, event by event. Rules are pure (rules.py); the engine applies them to rows."""
