"""The sample company's people: a manufacturer with its IT and after-sales support."""

from __future__ import annotations

import random
from datetime import datetime

from django.contrib.auth.hashers import make_password

from .models import Customer, Membership, Role, Team, User

PASSWORD = "hengwei-demo"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹"
GIVEN = ["敏", "静", "伟", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超", "秀英", "霞", "平", "志强", "建国", "晓东", "雪梅", "海燕", "文博", "子涵", "思远", "浩然"]
DEPARTMENTS = [
    ("财务部", "Finance"), ("人力资源部", "Human Resources"), ("采购部", "Purchasing"), ("销售一部", "Sales 1"), ("销售二部", "Sales 2"),
    ("生产一车间", "Workshop 1"), ("生产二车间", "Workshop 2"), ("质量部", "Quality"), ("研发中心", "R&D"), ("仓储物流部", "Logistics"),
    ("设备部", "Equipment"), ("安环部", "Safety"), ("行政部", "Administration"), ("总经办", "General Office"), ("市场部", "Marketing"),
]
COMPANIES = ["华东机电", "新源汽配", "海川重工", "宏达电子", "金鼎模具", "东方轴承", "泰和包装", "鸿远物流", "明珠电器", "安信仪表", "力源动力", "瑞丰纺织"]
TEAMS = [("it-support", "IT支持组", "IT Support"), ("operations", "系统运维组", "Operations"), ("after-sales", "售后服务组", "After-sales")]
#: user name, name, role, team, who it is
STAFF = [
    ("wangmin", "王敏", "agent", 0, "工程师，IT支持组"), ("zhaolei", "赵磊", "agent", 0, ""), ("sunyan", "孙艳", "agent", 0, ""),
    ("chenjie", "陈杰", "lead", 0, "组长，IT支持组"), ("liutao", "刘涛", "agent", 1, ""), ("huangming", "黄明", "agent", 1, ""),
    ("zhouchao", "周超", "lead", 1, ""), ("linxia", "林霞", "agent", 2, ""), ("guoqiang", "郭强", "agent", 2, ""), ("hejuan", "何娟", "lead", 2, ""),
    ("yangjing", "杨静", "manager", None, "经理"), ("maping", "马平", "auditor", None, "审计员"),
]


def load(rng: random.Random, now: datetime) -> None:
    """Departments, customers, three teams of support, and some three hundred people who need help."""
    password = make_password(PASSWORD)
    roles = {role.key: role for role in Role.objects.all()}
    customers = [
        Customer(code=f"D{n:02d}", name=name, name_en=english, kind=Customer.Kind.DEPARTMENT) for n, (name, english) in enumerate(DEPARTMENTS, 1)
    ] + [
        Customer(code=f"K{n:02d}", name=f"{name}有限公司", kind=Customer.Kind.COMPANY, domains=[f"k{n:02d}.example"], key_account=n <= 3)
        for n, name in enumerate(COMPANIES, 1)
    ]
    Customer.objects.bulk_create(customers)
    teams = [Team.objects.create(key=key, name=name, name_en=english) for key, name, english in TEAMS]
    for username, name, role, team, _who in STAFF:
        person = User.objects.create(
            username=username, name=name, email=f"{username}@hengxin.example", password=password, is_agent=True, phone=f"8{rng.randint(100, 999)}",
        )
        person.roles.add(roles[role])
        if team is not None:
            Membership.objects.create(team=teams[team], user=person)
            if role == "lead":
                teams[team].lead = person
                teams[team].save(update_fields=["lead"])
    Customer.objects.filter(kind=Customer.Kind.COMPANY).update(default_team=teams[2])
    people = [User(
        username="liqian", name="李倩", email="liqian@hengxin.example", password=password, customer=customers[0], phone="8120", title="会计",
    )]
    for n in range(300):
        customer = rng.choice(customers)
        inside = customer.kind == Customer.Kind.DEPARTMENT
        people.append(User(
            username=f"u{n:03d}", name=rng.choice(SURNAMES) + rng.choice(GIVEN), customer=customer, password="!",
            email=f"u{n:03d}@{'hengxin.example' if inside else customer.domains[0]}", mobile=f"139{rng.randint(0, 10**8 - 1):08d}",
        ))
    User.objects.bulk_create(people)
    through = User.roles.through
    through.objects.bulk_create(through(user_id=person.pk, role_id=roles["requester"].pk) for person in people)


def accounts() -> list[tuple[str, str, str]]:
    """The sample accounts that can sign in, while their password is the sample's own."""
    shown = [("liqian", "请求人，财务部"), *((row[0], row[4]) for row in STAFF if row[4])]
    present = set(User.objects.filter(username__in=[name for name, _ in shown]).values_list("username", flat=True))
    return [(name, PASSWORD, who) for name, who in shown if name in present]
