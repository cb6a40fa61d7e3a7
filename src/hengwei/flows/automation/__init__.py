"""Automation rules (issue 3): conditions and deeds on events and on time, kept by the department.

An event enqueues a job in its own transaction (listeners.py), the job walks the rules in their order (engine.py); a timer looks for
what has waited long enough (sweep.py). Pure: rules.py, facts.py (what conditions ask), timing.py.
"""
