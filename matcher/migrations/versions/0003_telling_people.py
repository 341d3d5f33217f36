"""telling people"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import matcher.database

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "routine",
        sa.Column("area_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=False),
        sa.Column("quiet_to", sa.Time(), nullable=False),
        sa.Column("evening_at", sa.Time(), nullable=False),
        sa.Column("reminder_minutes", sa.Integer(), nullable=False),
        sa.Column("nightly_at", sa.Time(), nullable=True),
        sa.Column("is_for_workdays", sa.Boolean(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.CheckConstraint("language IN ('zh', 'en', 'ug')", name=op.f("ck_routine_language_is_known")),
        sa.CheckConstraint(
            "reminder_minutes BETWEEN 0 AND 720", name=op.f("ck_routine_reminder_minutes_is_from_0_to_720")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_routine_area_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_routine")),
    )
    op.create_table(
        "special_day",
        sa.Column("area_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_special_day_area_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("area_id", "day", name=op.f("pk_special_day")),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("area_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("kinds", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("renewed_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("made_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("stopped_why", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.CheckConstraint("generation >= 1", name=op.f("ck_webhook_generation_is_at_least_1")),
        sa.CheckConstraint("length(trim(url)) > 0", name=op.f("ck_webhook_url_is_not_empty")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_webhook_area_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_area_id"), ["area_id"], unique=False)

    op.create_table(
        "calendar_link",
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("renewed_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["helper_id"], ["helper.id"], name=op.f("fk_calendar_link_helper_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("helper_id", name=op.f("pk_calendar_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_link_digest")),
    )
    op.create_table(
        "contact",
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=True),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("channels", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_to", sa.Time(), nullable=True),
        sa.CheckConstraint(
            "language IS NULL OR language IN ('zh', 'en', 'ug')", name=op.f("ck_contact_language_is_known")
        ),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name=op.f("ck_contact_quiet_hours_are_whole")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_contact_helper_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("helper_id", name=op.f("pk_contact")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("area_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("once", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("values", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("written_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.Column("spread_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.Column("reach", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('published', 'offer', 'withdrawn', 'reminder', 'unstaffed', 'trial')",
            name=op.f("ck_notice_kind_is_known"),
        ),
        sa.CheckConstraint("(spread_at IS NULL) = (reach IS NULL)", name=op.f("ck_notice_what_was_spread_has_a_reach")),
        sa.CheckConstraint("length(trim(once)) > 0", name=op.f("ck_notice_once_is_not_empty")),
        sa.CheckConstraint("reach >= 0", name=op.f("ck_notice_reach_is_at_least_0")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_notice_area_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_notice_helper_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("once", name=op.f("uq_notice_once")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(
            "notices_to_spread",
            ["place"],
            unique=False,
            sqlite_where=sa.text("spread_at IS NULL"),
            postgresql_where=sa.text("spread_at IS NULL"),
        )

    op.create_table(
        "delivery",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("notice_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("receiver", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("webhook_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("line", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("worker", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.Column("lease_until", sa.Float(), nullable=True),
        sa.Column("give_up_at", sa.Float(), nullable=True),
        sa.Column("failure", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("sent_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'sending') = (lease_until IS NOT NULL)", name=op.f("ck_delivery_only_who_sends_has_a_lease")
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_delivery_what_was_sent_has_its_moment")
        ),
        sa.CheckConstraint(
            "channel IN ('email', 'sms', 'webhook', 'console')", name=op.f("ck_delivery_channel_is_known")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'dead', 'dropped')", name=op.f("ck_delivery_state_is_known")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_delivery_attempts_is_at_least_0")),
        sa.CheckConstraint("fence >= 0", name=op.f("ck_delivery_fence_is_at_least_0")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_delivery_notice_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_delivery_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("notice_id", "receiver", name=op.f("uq_delivery_notice_id_receiver")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "deliveries_in_line",
            ["line", "place"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        )
        batch_op.create_index(
            "deliveries_to_make",
            ["receiver", "next_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        )
        batch_op.create_index(batch_op.f("ix_delivery_notice_id"), ["notice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_receiver"), ["receiver"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_webhook_id"), ["webhook_id"], unique=False)

    op.create_table(
        "nightly",
        sa.Column("area_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("run_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("rung_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("sentence", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_nightly_area_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_nightly_run_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("area_id", "day", name=op.f("pk_nightly")),
    )
    with op.batch_alter_table("nightly", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nightly_run_id"), ["run_id"], unique=False)

    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sentence", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False, server_default="")
        )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.alter_column("sentence", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_column("sentence")

    with op.batch_alter_table("nightly", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_nightly_run_id"))

    op.drop_table("nightly")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_webhook_id"))
        batch_op.drop_index(batch_op.f("ix_delivery_receiver"))
        batch_op.drop_index(batch_op.f("ix_delivery_notice_id"))
        batch_op.drop_index(
            "deliveries_to_make",
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        )
        batch_op.drop_index(
            "deliveries_in_line",
            sqlite_where=sa.text("state IN ('waiting', 'sending')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending')"),
        )

    op.drop_table("delivery")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(
            "notices_to_spread",
            sqlite_where=sa.text("spread_at IS NULL"),
            postgresql_where=sa.text("spread_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_notice_helper_id"))
        batch_op.drop_index(batch_op.f("ix_notice_area_id"))

    op.drop_table("notice")
    op.drop_table("contact")
    op.drop_table("calendar_link")
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_area_id"))

    op.drop_table("webhook")
    op.drop_table("special_day")
    op.drop_table("routine")
