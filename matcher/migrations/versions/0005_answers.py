"""answers"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GAPS = sa.text("state IN ('declined', 'lapsed') AND NOT followed")


def upgrade() -> None:
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_open", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("followed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index("gaps_to_close", ["roster_id"], unique=False, sqlite_where=GAPS, postgresql_where=GAPS)
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.alter_column("is_open", server_default=None)
        batch_op.alter_column("followed", server_default=None)
    with op.batch_alter_table("roster", schema=None) as batch_op:
        batch_op.add_column(sa.Column("acts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_check_constraint(batch_op.f("ck_roster_acts_is_at_least_0"), "acts >= 0")
    with op.batch_alter_table("roster", schema=None) as batch_op:
        batch_op.alter_column("acts", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("roster", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_roster_acts_is_at_least_0"), type_="check")
        batch_op.drop_column("acts")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_index("gaps_to_close")
        batch_op.drop_column("followed")
        batch_op.drop_column("is_open")
