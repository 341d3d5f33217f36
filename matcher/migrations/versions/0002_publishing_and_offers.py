"""publishing and offers"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import matcher.database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "version",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("roster_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("roster_version", sa.Integer(), nullable=False),
        sa.Column("run_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("published_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("published_by", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("measures", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("told", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_version_number_is_at_least_1")),
        sa.CheckConstraint("roster_version >= 1", name=op.f("ck_version_roster_version_is_at_least_1")),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_version_roster_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
        sa.UniqueConstraint("roster_id", "number", name=op.f("uq_version_roster_id_number")),
    )
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_version_roster_id"), ["roster_id"], unique=False)

    op.create_table(
        "fallback",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("roster_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("start_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("end_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_fallback_rank_is_at_least_1")),
        sa.CheckConstraint("start_at < end_at", name=op.f("ck_fallback_start_at_is_before_end_at")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_fallback_helper_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_fallback_roster_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_fallback_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fallback")),
        sa.UniqueConstraint(
            "roster_id", "visit_id", "helper_id", name=op.f("uq_fallback_roster_id_visit_id_helper_id")
        ),
    )
    with op.batch_alter_table("fallback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fallback_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fallback_roster_id"), ["roster_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fallback_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "offer",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("roster_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("start_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("end_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.Column("offered_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("answered_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.CheckConstraint(
            "(state IN ('draft', 'offered')) = (answered_at IS NULL)",
            name=op.f("ck_offer_an_ended_offer_has_an_end"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'offered', 'accepted', 'declined', 'lapsed', 'withdrawn', 'checked_in', 'done', 'no_show')",
            name=op.f("ck_offer_state_is_known"),
        ),
        sa.CheckConstraint("rank >= 0", name=op.f("ck_offer_rank_is_at_least_0")),
        sa.CheckConstraint("start_at < end_at", name=op.f("ck_offer_start_at_is_before_end_at")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_offer_helper_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_offer_roster_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_offer_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offer_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_offer_roster_id"), ["roster_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_offer_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(
            "offers_that_wait",
            ["due"],
            unique=False,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.create_index(
            "one_offer_of_a_pair",
            ["roster_id", "visit_id", "helper_id"],
            unique=True,
            sqlite_where=sa.text("state NOT IN ('lapsed', 'withdrawn')"),
            postgresql_where=sa.text("state NOT IN ('lapsed', 'withdrawn')"),
        )

    op.create_table(
        "promise",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("roster_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("start_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("end_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("shift_start_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("shift_end_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("travel_minutes", sa.Integer(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("override", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "shift_start_at < shift_end_at", name=op.f("ck_promise_shift_start_at_is_before_shift_end_at")
        ),
        sa.CheckConstraint("since >= 1", name=op.f("ck_promise_since_is_at_least_1")),
        sa.CheckConstraint("start_at < end_at", name=op.f("ck_promise_start_at_is_before_end_at")),
        sa.CheckConstraint("travel_minutes >= 0", name=op.f("ck_promise_travel_minutes_is_at_least_0")),
        sa.CheckConstraint("until IS NULL OR until > since", name=op.f("ck_promise_until_is_after_since")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_promise_helper_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_promise_roster_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_promise_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promise_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promise_roster_id"), ["roster_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promise_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(
            "one_standing_promise_of_a_pair",
            ["roster_id", "visit_id", "helper_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    with op.batch_alter_table("pin", schema=None) as batch_op:
        batch_op.add_column(sa.Column("override", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True))
        batch_op.add_column(sa.Column("breaches", sa.JSON(none_as_null=True), nullable=False, server_default="[]"))
        batch_op.create_check_constraint(
            batch_op.f("ck_pin_an_override_names_its_start"), "override IS NULL OR start_at IS NOT NULL"
        )
    with op.batch_alter_table("pin", schema=None) as batch_op:
        batch_op.alter_column("breaches", server_default=None)

    op.execute("UPDATE roster SET state = 'draft'")
    with op.batch_alter_table("roster", schema=None) as batch_op:
        batch_op.add_column(sa.Column("published", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("fork_of_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True))
        batch_op.add_column(sa.Column("forked", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(
            sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False, server_default="")
        )
        batch_op.drop_constraint(batch_op.f("uq_roster_area_id_day"), type_="unique")
        batch_op.create_index(batch_op.f("ix_roster_fork_of_id"), ["fork_of_id"], unique=False)
        batch_op.create_index(
            "one_roster_of_an_area_and_day",
            ["area_id", "day"],
            unique=True,
            sqlite_where=sa.text("fork_of_id IS NULL"),
            postgresql_where=sa.text("fork_of_id IS NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_roster_fork_of_id"), "roster", ["fork_of_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_roster_a_published_roster_has_a_version"), "(state = 'published') = (published > 0)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_roster_a_fork_is_never_published"), "fork_of_id IS NULL OR published = 0"
        )
        batch_op.create_check_constraint(batch_op.f("ck_roster_published_is_at_least_0"), "published >= 0")
    with op.batch_alter_table("roster", schema=None) as batch_op:
        batch_op.alter_column("published", server_default=None)
        batch_op.alter_column("name", server_default=None)

    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("follows", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM roster WHERE fork_of_id IS NOT NULL")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_column("follows")

    with op.batch_alter_table("roster", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_roster_published_is_at_least_0"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_roster_a_fork_is_never_published"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_roster_a_published_roster_has_a_version"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_roster_fork_of_id"), type_="foreignkey")
        batch_op.drop_index(
            "one_roster_of_an_area_and_day",
            sqlite_where=sa.text("fork_of_id IS NULL"),
            postgresql_where=sa.text("fork_of_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_roster_fork_of_id"))
        batch_op.create_unique_constraint(batch_op.f("uq_roster_area_id_day"), ["area_id", "day"])
        batch_op.drop_column("name")
        batch_op.drop_column("forked")
        batch_op.drop_column("fork_of_id")
        batch_op.drop_column("published")

    with op.batch_alter_table("pin", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_pin_an_override_names_its_start"), type_="check")
        batch_op.drop_column("breaches")
        batch_op.drop_column("override")

    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_index(
            "one_standing_promise_of_a_pair",
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_promise_visit_id"))
        batch_op.drop_index(batch_op.f("ix_promise_roster_id"))
        batch_op.drop_index(batch_op.f("ix_promise_helper_id"))

    op.drop_table("promise")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_index(
            "one_offer_of_a_pair",
            sqlite_where=sa.text("state NOT IN ('lapsed', 'withdrawn')"),
            postgresql_where=sa.text("state NOT IN ('lapsed', 'withdrawn')"),
        )
        batch_op.drop_index(
            "offers_that_wait", sqlite_where=sa.text("state = 'offered'"), postgresql_where=sa.text("state = 'offered'")
        )
        batch_op.drop_index(batch_op.f("ix_offer_visit_id"))
        batch_op.drop_index(batch_op.f("ix_offer_roster_id"))
        batch_op.drop_index(batch_op.f("ix_offer_helper_id"))

    op.drop_table("offer")
    with op.batch_alter_table("fallback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fallback_visit_id"))
        batch_op.drop_index(batch_op.f("ix_fallback_roster_id"))
        batch_op.drop_index(batch_op.f("ix_fallback_helper_id"))

    op.drop_table("fallback")
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_version_roster_id"))

    op.drop_table("version")
