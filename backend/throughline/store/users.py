"""Sign-ins and their sessions."""

from sqlalchemy import bindparam, insert, select, update

from throughline.conversation.ids import SessionId, TenantId, UserId
from throughline.conversation.records import Session, User
from throughline.store.schema import sessions, users
from throughline.store.sql import Link, Row, put, truth

_u, _s = users.c, sessions.c
_FIELDS = (_u.id, _u.tenant_id, _u.email, _u.name, _u.role, _u.person_id, _u.password_hash, _u.disabled)

_ADD = put(users).values({c.name: bindparam(c.name) for c in users.c}).on_conflict_do_nothing(index_elements=[_u.email])
_BY_EMAIL = select(*_FIELDS).where(_u.email == bindparam("address"))
_BY_ID = select(*_FIELDS).where(_u.tenant_id == bindparam("tenant"), _u.id == bindparam("user"))
_OPEN = insert(sessions).values({c.name: bindparam(c.name) for c in sessions.c})
_SESSION = select(
    _s.id, _s.tenant_id, _s.user_id, _s.number, _s.rotated_at, _s.created_at, _s.expires_at, _s.revoked_at
).where(_s.id == bindparam("session"))
_ROTATE = (
    update(sessions)
    .where(_s.id == bindparam("session"))
    .values(number=bindparam("newest"), rotated_at=bindparam("when"))
)
#: The first time stands.
_REVOKE = (
    update(sessions).where(_s.id == bindparam("session"), _s.revoked_at.is_(None)).values(revoked_at=bindparam("when"))
)


class SqlUsers:
    """ports.Users over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, user: User, at: int) -> bool:
        """ports.Users.add. Raises Conflict where the id is taken, or tenant or person is not there."""
        added = self._link.run(
            _ADD, tenant_id=user.tenant, id=user.id, email=user.email, name=user.name, role=user.role,
            person_id=user.person, password_hash=user.password_hash, disabled=user.disabled, created_at=at,
        )  # fmt: skip
        return added == 1

    def by_email(self, email: str) -> User | None:
        """ports.Users.by_email."""
        row = self._link.row(_BY_EMAIL, address=email)
        return None if row is None else _user(row)

    def by_id(self, tenant: TenantId, user: UserId) -> User | None:
        """ports.Users.by_id."""
        row = self._link.row(_BY_ID, tenant=tenant, user=user)
        return None if row is None else _user(row)

    def open(self, session: Session) -> None:
        """ports.Users.open. Raises Conflict where the id is taken or the user is not there."""
        self._link.run(
            _OPEN, id=session.id, tenant_id=session.tenant, user_id=session.user, number=session.number,
            rotated_at=session.rotated_at, created_at=session.created_at, expires_at=session.expires_at,
            revoked_at=session.revoked_at,
        )  # fmt: skip

    def session(self, session: SessionId) -> Session | None:
        """ports.Users.session."""
        row = self._link.row(_SESSION, session=session)
        return None if row is None else Session(*row)

    def rotate(self, session: SessionId, number: int, at: int) -> None:
        """ports.Users.rotate."""
        self._link.run(_ROTATE, session=session, newest=number, when=at)

    def revoke(self, session: SessionId, at: int) -> None:
        """ports.Users.revoke."""
        self._link.run(_REVOKE, session=session, when=at)


def _user(row: Row) -> User:
    return User(*truth(row, 7))
