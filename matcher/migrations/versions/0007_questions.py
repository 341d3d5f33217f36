"""questions about a roster, and their answers"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import matcher.database

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("roster_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("failure", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("asked_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("answered_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answer IS NULL AND failure = '') = (answered_at IS NULL)",
            name=op.f("ck_question_an_answer_has_its_moment"),
        ),
        sa.CheckConstraint("kind IN ('away', 'cancelled', 'urgent', 'worth')", name=op.f("ck_question_kind_is_known")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_question_version_is_at_least_1")),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_question_roster_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_roster_id"), ["roster_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_roster_id"))

    op.drop_table("question")
