"""`hengwei user`: accounts from the command line, for the first of them and for the day nobody can sign in."""

from __future__ import annotations

import typer

NAME = "user"
app = typer.Typer(no_args_is_help=True, help="Accounts: add, list, password, activate, deactivate.")


@app.command()
def add(
    username: str = typer.Argument(..., help="The name with which the person signs in."), name: str = typer.Option(..., prompt=True, help="The person's name; asked for when it is not given."),
    email: str = typer.Option("", help="The person's e-mail address."), role: list[str] = typer.Option(["requester"], help="requester, agent, lead, manager, auditor, system_admin …"),
    password: str = typer.Option(..., prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for unseen when it is not given: better, since a command can be read by others."),
) -> None:
    """Add a person who can sign in."""
    from hengwei.org.models import Role, User

    roles = {r.key: r for r in Role.objects.filter(key__in=role)}
    unknown = [one for one in role if one not in roles]
    if unknown:
        _stop(f"没有角色 / no such role: {', '.join(unknown)}. {', '.join(Role.objects.values_list('key', flat=True))}")
    if User.objects.of_login(username).exists() or User.objects.of_address(email).exists():
        _stop("用户名或邮箱已被使用 / the user name or e-mail is taken")
    _strong(password)
    person = User(username=username, name=name, email=email, is_agent=any(one != "requester" for one in role))
    person.set_password(password)
    person.save()
    person.roles.add(*roles.values())
    typer.echo(f"{username}: {', '.join(roles)}")


@app.command(name="list")
def list_(staff: bool = typer.Option(False, help="Only who works at the desk.")) -> None:
    """All accounts."""
    from hengwei.org.models import User

    people = User.objects.order_by("username").prefetch_related("roles")
    for person in people.filter(is_agent=True) if staff else people:
        typer.echo(f"{person.username:<24} {person.name:<16} {person.email:<32} {','.join(r.key for r in person.roles.all())}{'' if person.is_active else '  (停用 inactive)'}")


@app.command()
def password(
    username: str = typer.Argument(..., help="The name with which the person signs in."),
    new: str = typer.Option(..., prompt="password", hide_input=True, confirmation_prompt=True, help="Asked for unseen when it is not given: better, since a command can be read by others."),
) -> None:
    """Set a person's password."""
    person = _person(username)
    _strong(new)
    person.set_password(new)
    person.save(update_fields=["password"])
    typer.echo("ok")


@app.command()
def deactivate(username: str = typer.Argument(..., help="The name with which the person signs in.")) -> None:
    """Take away the right to sign in; what the person did stays."""
    person = _person(username)
    person.is_active = False
    person.save(update_fields=["is_active"])


@app.command()
def activate(username: str = typer.Argument(..., help="The name with which the person signs in.")) -> None:
    """Give it back."""
    person = _person(username)
    person.is_active = True
    person.save(update_fields=["is_active"])


def _person(username: str):  # type: ignore[no-untyped-def]
    from hengwei.org.models import User

    found = User.objects.of_username(username).first()
    if found is None:
        _stop(f"没有用户 / no such user: {username}")
    return found


def _strong(text: str) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    try:
        validate_password(text)
    except ValidationError as error:
        _stop(" ".join(error.messages))


def _stop(words: str) -> None:
    typer.echo(words, err=True)
    raise typer.Exit(1)
