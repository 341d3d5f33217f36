"""standbys are told, and so are those whom a swap or a release concerns"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import matcher.database

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BEFORE = "'published', 'offer', 'withdrawn', 'reminder', 'unstaffed', 'trial'"
KIND = "ck_notice_kind_is_known"


def upgrade() -> None:
    with op.batch_alter_table("fallback", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False, server_default="listed")
        )
        batch_op.add_column(sa.Column("changed_at", matcher.database.Moment(timezone=True), nullable=True))
    with op.batch_alter_table("fallback", schema=None) as batch_op:
        batch_op.alter_column("state", server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_fallback_state_is_known"), "state IN ('listed', 'told', 'accepted', 'declined')"
        )
        batch_op.create_check_constraint(
            op.f("ck_fallback_who_was_told_has_a_moment"), "(state = 'listed') = (changed_at IS NULL)"
        )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(KIND), type_="check")
        batch_op.create_check_constraint(op.f(KIND), f"kind IN ({BEFORE}, 'standby', 'swap', 'release')")


def downgrade() -> None:
    op.execute("DELETE FROM notice WHERE kind IN ('standby', 'swap', 'release')")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(KIND), type_="check")
        batch_op.create_check_constraint(op.f(KIND), f"kind IN ({BEFORE})")
    with op.batch_alter_table("fallback", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_fallback_who_was_told_has_a_moment"), type_="check")
        batch_op.drop_constraint(op.f("ck_fallback_state_is_known"), type_="check")
        batch_op.drop_column("changed_at")
        batch_op.drop_column("state")
