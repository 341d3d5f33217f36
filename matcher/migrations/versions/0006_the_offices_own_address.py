"""the office's own address"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("routine", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", text(length=254), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("phone", text(length=30), nullable=False, server_default=""))
    with op.batch_alter_table("routine", schema=None) as batch_op:
        batch_op.alter_column("email", server_default=None)
        batch_op.alter_column("phone", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("routine", schema=None) as batch_op:
        batch_op.drop_column("phone")
        batch_op.drop_column("email")
