"""The categories of a new installation."""

from __future__ import annotations

from .models import Category

CATEGORIES = [
    ("hardware", None, "硬件", "Hardware"), ("printer", "hardware", "打印机", "Printer"), ("computer", "hardware", "电脑", "Computer"),
    ("network", None, "网络", "Network"), ("vpn", "network", "VPN与远程", "VPN and remote"), ("account", None, "账号与权限", "Accounts and rights"),
    ("application", None, "业务系统", "Business systems"), ("erp", "application", "ERP", "ERP"), ("mail", "application", "邮箱", "E-mail"),
    ("equipment", None, "生产设备", "Production equipment"), ("product", None, "产品售后", "Product after-sales"), ("other", None, "其他", "Other"),
]


def install() -> None:
    """A first tree; nothing where a department has its own."""
    if Category.objects.exists():
        return
    made: dict[str, Category] = {}
    for order, (key, parent, name, english) in enumerate(CATEGORIES, 1):
        made[key] = Category.objects.create(key=key, parent=made.get(parent or ""), name=name, name_en=english, order=order * 10)
