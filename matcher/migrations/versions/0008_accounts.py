"""accounts"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import matcher.database

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "throttle",
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("free_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_throttle_tries_is_at_least_0")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_throttle")),
    )
    op.create_table(
        "account",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=15), nullable=False),
        sa.Column("area_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("provider_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("password", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("made_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(area_id IS NOT NULL) = (role IN ('desk', 'coordinator', 'auditor', 'program'))",
            name=op.f("ck_account_an_area_bounds_who_works_for_it"),
        ),
        sa.CheckConstraint(
            "(helper_id IS NOT NULL) = (role IN ('volunteer', 'crew'))", name=op.f("ck_account_who_helps_is_one_helper")
        ),
        sa.CheckConstraint(
            "(provider_id IS NOT NULL) = (role = 'dispatcher')",
            name=op.f("ck_account_a_provider_bounds_its_dispatcher"),
        ),
        sa.CheckConstraint(
            "role IN ('desk', 'coordinator', 'dispatcher', 'crew', 'volunteer', 'auditor', 'administrator', 'program')",
            name=op.f("ck_account_role_is_known"),
        ),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_account_name_is_not_empty")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_account_area_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_account_helper_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_account_provider_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "api_key",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("account_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("made_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("ends_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_api_key_name_is_not_empty")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_key_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_key_digest")),
    )
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_key_account_id"), ["account_id"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("account_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("made_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("ends_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_in_digest")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_account_id"), ["account_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_account_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_key_account_id"))

    op.drop_table("api_key")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_provider_id"))
        batch_op.drop_index(batch_op.f("ix_account_helper_id"))
        batch_op.drop_index(batch_op.f("ix_account_area_id"))

    op.drop_table("account")
    op.drop_table("throttle")
