"""Every change of governance."""
