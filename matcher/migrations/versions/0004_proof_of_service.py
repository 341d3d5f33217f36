"""proof of service"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import matcher.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


LEDGERS = ("attendance", "hours")
"""What is written here is never changed and never goes; corrections are entries of their own."""


def _seal(table: str) -> None:
    """Let the database itself refuse to change or delete a row."""
    said = f"{table} is append-only: write a correction instead"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{act} BEFORE {act.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{said}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuses_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()"
    )


def upgrade() -> None:
    op.create_table(
        "secret",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("value", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )
    op.create_table(
        "exchange_rule",
        sa.Column("area_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("release_minutes", sa.Integer(), nullable=False),
        sa.Column("swap_minutes", sa.Integer(), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "release_minutes BETWEEN 0 AND 10080", name=op.f("ck_exchange_rule_release_minutes_is_from_0_to_10080")
        ),
        sa.CheckConstraint(
            "swap_minutes BETWEEN 0 AND 10080", name=op.f("ck_exchange_rule_swap_minutes_is_from_0_to_10080")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_exchange_rule_area_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_exchange_rule")),
    )
    op.create_table(
        "face_cap",
        sa.Column("resident_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("said_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("most BETWEEN 1 AND 100", name=op.f("ck_face_cap_most_is_from_1_to_100")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_face_cap_resident_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_face_cap")),
    )
    op.create_table(
        "substitute",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("time_off_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("resident_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("named_by", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("named_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(named_by)) > 0", name=op.f("ck_substitute_named_by_is_not_empty")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_substitute_helper_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_substitute_resident_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["time_off_id"], ["time_off.id"], name=op.f("fk_substitute_time_off_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute")),
        sa.UniqueConstraint("time_off_id", "resident_id", name=op.f("uq_substitute_time_off_id_resident_id")),
    )
    with op.batch_alter_table("substitute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_substitute_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_substitute_resident_id"), ["resident_id"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("at", matcher.database.Moment(timezone=True), nullable=True),
        sa.Column("way", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("corrects_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("written_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("corrects_id IS NULL OR way = 'person'", name=op.f("ck_attendance_a_person_corrects")),
        sa.CheckConstraint("kind IN ('check_in', 'check_out', 'no_show')", name=op.f("ck_attendance_kind_is_known")),
        sa.CheckConstraint(
            "way <> 'person' OR length(trim(reason)) > 0", name=op.f("ck_attendance_a_person_gives_a_reason")
        ),
        sa.CheckConstraint("way IN ('code', 'link', 'person')", name=op.f("ck_attendance_way_is_known")),
        sa.CheckConstraint(
            "at IS NOT NULL OR corrects_id IS NOT NULL", name=op.f("ck_attendance_only_a_correction_takes_back")
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["attendance.id"], name=op.f("fk_attendance_corrects_id")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_attendance_helper_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_attendance_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_attendance_corrects_id")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(
            "once_of_each_kind",
            ["visit_id", "helper_id", "kind"],
            unique=True,
            sqlite_where=sa.text("corrects_id IS NULL"),
            postgresql_where=sa.text("corrects_id IS NULL"),
        )

    op.create_table(
        "door_code",
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("made_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("wrong >= 0", name=op.f("ck_door_code_wrong_is_at_least_0")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_door_code_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_door_code")),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("happened", sa.Boolean(), nullable=False),
        sa.Column("on_behalf", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("given_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_feedback_rating_is_from_1_to_5")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_feedback_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_feedback_visit_id")),
    )
    op.create_table(
        "flag",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("other", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("told", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("raised_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("resolved_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.Column("resolved_by", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.CheckConstraint("(state = 'open') = (resolved_at IS NULL)", name=op.f("ck_flag_a_resolved_flag_has_an_end")),
        sa.CheckConstraint(
            "kind IN ('two_places', 'too_fast', 'early', 'late', 'beyond', 'nobody_came', 'written_late')",
            name=op.f("ck_flag_kind_is_known"),
        ),
        sa.CheckConstraint(
            "state = 'open' OR length(trim(reason)) > 0", name=op.f("ck_flag_a_resolved_flag_has_a_reason")
        ),
        sa.CheckConstraint("state IN ('open', 'fine', 'corrected', 'moot')", name=op.f("ck_flag_state_is_known")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_flag_helper_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_flag_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint(
            "kind", "helper_id", "visit_id", "other", name=op.f("uq_flag_kind_helper_id_visit_id_other")
        ),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index(
            "flags_that_are_open",
            ["raised_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(batch_op.f("ix_flag_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "hours",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("basis", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("corrects_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("entered_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("basis IN ('measured', 'planned', 'person')", name=op.f("ck_hours_basis_is_known")),
        sa.CheckConstraint(
            "corrects_id IS NOT NULL OR minutes > 0", name=op.f("ck_hours_only_a_counter_entry_takes_away")
        ),
        sa.CheckConstraint(
            "corrects_id IS NULL OR length(trim(reason)) > 0", name=op.f("ck_hours_a_counter_entry_gives_a_reason")
        ),
        sa.CheckConstraint(
            "minutes <> 0 AND minutes BETWEEN -1440 AND 1440", name=op.f("ck_hours_minutes_are_sensible")
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["hours.id"], name=op.f("fk_hours_corrects_id")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_hours_helper_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_hours_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_hours_corrects_id")),
    )
    with op.batch_alter_table("hours", schema=None) as batch_op:
        batch_op.create_index("hours_of_a_helper", ["helper_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(
            "one_first_entry_of_a_visit",
            ["visit_id", "helper_id"],
            unique=True,
            sqlite_where=sa.text("corrects_id IS NULL"),
            postgresql_where=sa.text("corrects_id IS NULL"),
        )

    op.create_table(
        "release",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("promise_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("roster_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("asked_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("decided_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_release_a_decided_release_has_an_end")
        ),
        sa.CheckConstraint("state IN ('asked', 'released', 'refused')", name=op.f("ck_release_state_is_known")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_release_helper_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_release_promise_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_release_roster_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_release_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
    )
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_release_roster_id"), ["roster_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_release_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(
            "one_release_of_a_promise",
            ["promise_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'released')"),
            postgresql_where=sa.text("state IN ('asked', 'released')"),
        )

    op.create_table(
        "swap",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("roster_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("promise_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("other_helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("other_promise_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("asked_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.CheckConstraint(
            "(state IN ('asked', 'accepted')) = (ended_at IS NULL)", name=op.f("ck_swap_an_ended_swap_has_an_end")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'accepted', 'swapped', 'declined', 'refused', 'withdrawn')",
            name=op.f("ck_swap_state_is_known"),
        ),
        sa.CheckConstraint("helper_id <> other_helper_id", name=op.f("ck_swap_nobody_swaps_alone")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_swap_helper_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["other_helper_id"], ["helper.id"], name=op.f("fk_swap_other_helper_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_promise_id"], ["promise.id"], name=op.f("fk_swap_other_promise_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_swap_promise_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_swap_roster_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_swap_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap")),
    )
    with op.batch_alter_table("swap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_swap_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_swap_other_helper_id"), ["other_helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_swap_roster_id"), ["roster_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_swap_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(
            "one_swap_of_a_promise",
            ["promise_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'accepted')"),
            postgresql_where=sa.text("state IN ('asked', 'accepted')"),
        )

    op.create_table(
        "wish",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("feedback_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("resident_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("said_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("barred", sa.Boolean(), nullable=True),
        sa.Column("decided_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.CheckConstraint("kind IN ('again', 'not_again')", name=op.f("ck_wish_kind_is_known")),
        sa.CheckConstraint("(decided_at IS NULL) = (barred IS NULL)", name=op.f("ck_wish_a_decision_is_whole")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_wish_feedback_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_wish_helper_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("fk_wish_resident_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        sa.UniqueConstraint("feedback_id", "helper_id", name=op.f("uq_wish_feedback_id_helper_id")),
    )
    with op.batch_alter_table("wish", schema=None) as batch_op:
        batch_op.create_index(
            "barring_proposals",
            ["said_at"],
            unique=False,
            sqlite_where=sa.text("kind = 'not_again' AND decided_at IS NULL"),
            postgresql_where=sa.text("kind = 'not_again' AND decided_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_wish_feedback_id"), ["feedback_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_wish_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_wish_resident_id"), ["resident_id"], unique=False)

    for table in LEDGERS:
        _seal(table)


def downgrade() -> None:
    with op.batch_alter_table("wish", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wish_resident_id"))
        batch_op.drop_index(batch_op.f("ix_wish_helper_id"))
        batch_op.drop_index(batch_op.f("ix_wish_feedback_id"))
        batch_op.drop_index(
            "barring_proposals",
            sqlite_where=sa.text("kind = 'not_again' AND decided_at IS NULL"),
            postgresql_where=sa.text("kind = 'not_again' AND decided_at IS NULL"),
        )

    op.drop_table("wish")
    with op.batch_alter_table("swap", schema=None) as batch_op:
        batch_op.drop_index(
            "one_swap_of_a_promise",
            sqlite_where=sa.text("state IN ('asked', 'accepted')"),
            postgresql_where=sa.text("state IN ('asked', 'accepted')"),
        )
        batch_op.drop_index(batch_op.f("ix_swap_visit_id"))
        batch_op.drop_index(batch_op.f("ix_swap_roster_id"))
        batch_op.drop_index(batch_op.f("ix_swap_other_helper_id"))
        batch_op.drop_index(batch_op.f("ix_swap_helper_id"))

    op.drop_table("swap")
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_index(
            "one_release_of_a_promise",
            sqlite_where=sa.text("state IN ('asked', 'released')"),
            postgresql_where=sa.text("state IN ('asked', 'released')"),
        )
        batch_op.drop_index(batch_op.f("ix_release_visit_id"))
        batch_op.drop_index(batch_op.f("ix_release_roster_id"))
        batch_op.drop_index(batch_op.f("ix_release_helper_id"))

    op.drop_table("release")
    with op.batch_alter_table("hours", schema=None) as batch_op:
        batch_op.drop_index(
            "one_first_entry_of_a_visit",
            sqlite_where=sa.text("corrects_id IS NULL"),
            postgresql_where=sa.text("corrects_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_hours_visit_id"))
        batch_op.drop_index("hours_of_a_helper")

    op.drop_table("hours")
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flag_visit_id"))
        batch_op.drop_index(batch_op.f("ix_flag_helper_id"))
        batch_op.drop_index(
            "flags_that_are_open", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )

    op.drop_table("flag")
    op.drop_table("feedback")
    op.drop_table("door_code")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_index(
            "once_of_each_kind",
            sqlite_where=sa.text("corrects_id IS NULL"),
            postgresql_where=sa.text("corrects_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_attendance_visit_id"))
        batch_op.drop_index(batch_op.f("ix_attendance_helper_id"))

    op.drop_table("attendance")
    with op.batch_alter_table("substitute", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_substitute_resident_id"))
        batch_op.drop_index(batch_op.f("ix_substitute_helper_id"))

    op.drop_table("substitute")
    op.drop_table("face_cap")
    op.drop_table("exchange_rule")
    op.drop_table("secret")

    if op.get_bind().dialect.name == "postgresql":
        for table in LEDGERS:
            op.execute(f"DROP FUNCTION {table}_is_append_only")
