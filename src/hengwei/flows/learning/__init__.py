"""Suggestions learnt from the department's own history (issue 3): trained every night, measured on the newest, shown beside an item, accepted by a click."""
