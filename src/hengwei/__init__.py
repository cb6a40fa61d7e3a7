"""Hengwei 恒维: one platform for a company's technical-support and system-maintenance department."""

__version__ = "0.1.0"
