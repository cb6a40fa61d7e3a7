"""The rooms of the house."""

#: From the ground up (docs/architecture.md).
ROOMS = [
    "hengwei.core",
    "hengwei.org",
    "hengwei.calendars",
    "hengwei.ui",
    "hengwei.work",
    "hengwei.knowledge",
    "hengwei.desk",
    "hengwei.channels",
    "hengwei.flows",
    "hengwei.governance",
    "hengwei.insight",
    "hengwei.exchange",
    "hengwei.site",
]
