"""The sample company's people: a manufacturer with its IT and after-sales support."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from hengwei.core.acting import Actor

from . import demo_texts as texts
from .actions.duty import rotate, save_rota, save_shift
from .models import (
    Absence,
    Customer,
    CustomerNote,
    DutyAcknowledgement,
    DutySheet,
    Membership,
    Post,
    Role,
    Site,
    Skill,
    Team,
    User,
)

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
    ("yangjing", "杨静", "manager", None, "经理"), ("maping", "马平", "auditor", None, "审计员"), ("qiuwen", "邱文", "system_admin", None, "系统管理员"),
    ("fanrui", "范瑞", "security_admin", None, "安全管理员"), ("tangli", "唐丽", "audit_admin", None, "审计管理员"),
]
#: name, English, of whom: users by their place in STAFF.
SKILLS = [
    ("网络", "Networks", [4, 5, 6]), ("打印机", "Printers", [0, 1, 2]), ("Windows桌面", "Windows desktops", [0, 1, 2, 3]), ("ERP", "ERP", [5, 6]), ("数据库", "Databases", [4]),
    ("伺服控制器", "Servo controllers", [7, 8, 9]), ("英语", "English", [2, 9]),
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
    _department(teams, now)
    people = [User(
        username="liqian", name="李倩", email="liqian@hengxin.example", password=password, customer=customers[0], phone="8120", title="会计",
    ), User(
        username="emma", name="Emma Clarke", email="emma@hengxin.example", password=password, customer=customers[0], phone="8121", title="Financial controller", language="en",
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


def _department(teams: list[Team], now: datetime) -> None:
    """What makes the teams a department: a head, deputies, skills, posts with duties, rotas, who is away."""
    staff = {person.username: person for person in User.objects.filter(is_agent=True)}
    people = [staff[row[0]] for row in STAFF]
    head = staff["yangjing"]
    department = Team.objects.create(key="tech-support", name="技术支持部", name_en="Technical support", kind=Team.Kind.DEPARTMENT, lead=head, deputy=staff["chenjie"])
    for team, deputy in zip(teams, ("sunyan", "liutao", "linxia"), strict=True):
        team.parent, team.deputy = department, staff[deputy]
        team.save(update_fields=["parent", "deputy"])
        User.objects.filter(memberships__team=team).exclude(pk=team.lead_id).update(manager=team.lead)
    User.objects.filter(leads__in=teams).update(manager=head)
    for name, english, able in SKILLS:
        Skill.objects.create(name=name, name_en=english).people.set([people[n] for n in able])
    for key, name, english, at, holders, duties in texts.POSTS:
        post = Post.objects.create(key=key, name=name, name_en=english, team=department if at is None else teams[at], duties=duties)
        post.holders.set([staff[one] for one in holders])
        if holders:
            sheet = DutySheet.objects.create(post=post, number=1, text=duties, published_at=now - timedelta(days=200), published_by=head)
            read = holders[:-1] if len(holders) > 2 else holders
            DutyAcknowledgement.objects.bulk_create(DutyAcknowledgement(sheet=sheet, user=staff[one], at=now - timedelta(days=198, hours=n)) for n, one in enumerate(read))
    _rotas(teams, staff, now)
    day = now.astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=9, minute=0, second=0)
    Absence.objects.create(user=staff["guoqiang"], kind=Absence.Kind.TRAVEL, starts_at=day - timedelta(days=1), ends_at=day + timedelta(days=2), deputy=staff["linxia"], note="泰和包装现场调试")
    Absence.objects.create(user=staff["liutao"], kind=Absence.Kind.TRAINING, starts_at=day + timedelta(days=8), ends_at=day + timedelta(days=10), deputy=staff["huangming"], note="数据库培训")
    customers = list(Customer.objects.filter(key_account=True))
    for n, (kind, text) in enumerate(texts.NOTES):
        CustomerNote.objects.create(customer=customers[n % len(customers)], kind=kind, text=text, author=people[7 + n % 3], at=now - timedelta(days=3 + 9 * n))
    for customer, (name, address) in zip(customers, texts.SITES, strict=False):
        Site.objects.create(customer=customer, name=name, address=address)


def _rotas(teams: list[Team], staff: dict[str, User], now: datetime) -> None:
    """A desk by weeks, and operations round the clock with a swap."""
    by, monday = Actor(), (now - timedelta(days=now.weekday())).date()
    desk = save_rota(by=by, name="服务台早班", name_en="Desk, early", team=teams[0])
    rotate(desk, [staff["wangmin"], staff["zhaolei"], staff["sunyan"]], by=by, first_day=monday, starts=time(8, 30), minutes=540, days_each=7)
    night = save_rota(by=by, name="运维7×24值班", name_en="Operations, round the clock", team=teams[1])
    rotate(night, [staff["liutao"], staff["huangming"], staff["zhouchao"]], by=by, first_day=monday, starts=time(9, 0), minutes=1440, days_each=2)
    save_shift(by=by, rota=night, user=staff["zhouchao"], first_day=monday + timedelta(days=5), starts=time(9, 0), minutes=720, replaces=True, note="黄明换班")


def accounts() -> list[tuple[str, str, str]]:
    """The sample accounts that can sign in, while their password is the sample's own."""
    shown = [("liqian", "请求人，财务部"), ("emma", "Requester, finance, English"), *((row[0], row[4]) for row in STAFF if row[4])]
    present = set(User.objects.filter(username__in=[name for name, _ in shown]).values_list("username", flat=True))
    return [(name, PASSWORD, who) for name, who in shown if name in present]
