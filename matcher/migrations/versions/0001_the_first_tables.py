"""the first tables"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import matcher.database

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("name_ug", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("tier", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("parent_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("time_zone", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.CheckConstraint("tier IN ('district', 'subdistrict', 'community')", name=op.f("ck_area_tier_is_known")),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_area_latitude_is_from_-90_to_90")),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_area_name_is_not_empty")),
        sa.CheckConstraint("length(trim(time_zone)) > 0", name=op.f("ck_area_time_zone_is_not_empty")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_area_longitude_is_from_-180_to_180")),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("number", name=op.f("uq_area_number")),
    )
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "category",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("name_ug", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_category_name_is_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("number", name=op.f("uq_category_number")),
    )
    op.create_table(
        "import",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("faults", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("ignored", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("stored_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("changed >= 0", name=op.f("ck_import_changed_is_at_least_0")),
        sa.CheckConstraint("new >= 0", name=op.f("ck_import_new_is_at_least_0")),
        sa.CheckConstraint("read >= 0", name=op.f("ck_import_read_is_at_least_0")),
        sa.CheckConstraint("refused >= 0", name=op.f("ck_import_refused_is_at_least_0")),
        sa.CheckConstraint("unchanged >= 0", name=op.f("ck_import_unchanged_is_at_least_0")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("written_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("sent_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_sent_at"), ["sent_at"], unique=False)

    op.create_table(
        "purse",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_purse_budget_is_at_least_0")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_purse_first_day_is_not_after_last_day")),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_purse_name_is_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purse")),
        sa.UniqueConstraint("number", name=op.f("uq_purse_number")),
    )
    op.create_table(
        "skill",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("is_certificate", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_skill_name_is_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
        sa.UniqueConstraint("name", "is_certificate", name=op.f("uq_skill_name_is_certificate")),
    )
    op.create_table(
        "streets",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("network", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("crossings", sa.Integer(), nullable=False),
        sa.Column("stored_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("crossings >= 1", name=op.f("ck_streets_crossings_is_at_least_1")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_streets")),
    )
    op.create_table(
        "team",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.CheckConstraint(
            "kind IN ('party_league', 'civil_servant', 'professional', 'youth', 'senior', 'shop_owner', 'migrant_worker')",
            name=op.f("ck_team_kind_is_known"),
        ),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_team_name_is_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", "kind", name=op.f("uq_team_name_kind")),
    )
    op.create_table(
        "helper",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("gender", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column("languages", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("area_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("mode", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("most_visits", sa.Integer(), nullable=True),
        sa.Column("most_minutes", sa.Integer(), nullable=True),
        sa.Column("visit_fee", sa.BigInteger(), nullable=False),
        sa.Column("hour_fee", sa.BigInteger(), nullable=False),
        sa.Column("rest_from", sa.Time(), nullable=True),
        sa.Column("rest_to", sa.Time(), nullable=True),
        sa.Column("rest_minutes", sa.Integer(), nullable=True),
        sa.Column("carried_burden", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("gender IS NULL OR gender IN ('male', 'female')", name=op.f("ck_helper_gender_is_known")),
        sa.CheckConstraint("kind IN ('volunteer', 'crew')", name=op.f("ck_helper_kind_is_known")),
        sa.CheckConstraint("mode IN ('walk', 'bike', 'bus', 'car')", name=op.f("ck_helper_mode_is_known")),
        sa.CheckConstraint(
            "(rest_from IS NULL AND rest_to IS NULL AND rest_minutes IS NULL) OR (rest_from IS NOT NULL AND rest_to IS NOT NULL AND rest_minutes IS NOT NULL AND rest_from < rest_to AND rest_minutes > 0)",
            name=op.f("ck_helper_rest_is_whole"),
        ),
        sa.CheckConstraint("carried_burden >= 0", name=op.f("ck_helper_carried_burden_is_at_least_0")),
        sa.CheckConstraint("hour_fee >= 0", name=op.f("ck_helper_hour_fee_is_at_least_0")),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_helper_latitude_is_from_-90_to_90")),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_helper_name_is_not_empty")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_helper_longitude_is_from_-180_to_180")),
        sa.CheckConstraint("most_minutes BETWEEN 1 AND 1440", name=op.f("ck_helper_most_minutes_is_from_1_to_1440")),
        sa.CheckConstraint("most_visits >= 1", name=op.f("ck_helper_most_visits_is_at_least_1")),
        sa.CheckConstraint("visit_fee >= 0", name=op.f("ck_helper_visit_fee_is_at_least_0")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_helper_area_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helper")),
    )
    with op.batch_alter_table("helper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_helper_area_id"), ["area_id"], unique=False)

    op.create_table(
        "lending",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("lender_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("borrower_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.CheckConstraint("lender_id <> borrower_id", name=op.f("ck_lending_lender_is_not_borrower")),
        sa.CheckConstraint("most >= 0", name=op.f("ck_lending_most_is_at_least_0")),
        sa.ForeignKeyConstraint(["borrower_id"], ["area.id"], name=op.f("fk_lending_borrower_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["lender_id"], ["area.id"], name=op.f("fk_lending_lender_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending")),
        sa.UniqueConstraint("lender_id", "borrower_id", name=op.f("uq_lending_lender_id_borrower_id")),
    )
    with op.batch_alter_table("lending", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lending_borrower_id"), ["borrower_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lending_lender_id"), ["lender_id"], unique=False)

    op.create_table(
        "provider",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("name_ug", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("tier", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("area_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.CheckConstraint("tier IN ('district', 'subdistrict', 'community')", name=op.f("ck_provider_tier_is_known")),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_provider_latitude_is_from_-90_to_90")),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_provider_name_is_not_empty")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_provider_longitude_is_from_-180_to_180")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_provider_area_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("number", name=op.f("uq_provider_number")),
    )
    with op.batch_alter_table("provider", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_provider_area_id"), ["area_id"], unique=False)

    op.create_table(
        "resident",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("gender", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("ethnic_group", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("languages", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("area_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("household", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("need_groups", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint("gender IS NULL OR gender IN ('male', 'female')", name=op.f("ck_resident_gender_is_known")),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_resident_latitude_is_from_-90_to_90")),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_resident_name_is_not_empty")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_resident_longitude_is_from_-180_to_180")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_resident_area_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident")),
        sa.UniqueConstraint("number", name=op.f("uq_resident_number")),
    )
    with op.batch_alter_table("resident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resident_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resident_household"), ["household"], unique=False)

    op.create_table(
        "roster",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("area_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("measures", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("solved_by", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("opened_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_roster_state_is_known")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_roster_version_is_at_least_1")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_roster_area_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster")),
        sa.UniqueConstraint("area_id", "day", name=op.f("uq_roster_area_id_day")),
    )
    with op.batch_alter_table("roster", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_area_id"), ["area_id"], unique=False)

    op.create_table(
        "service",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("category_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("name_ug", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("fee", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("provided_by", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("burden", sa.Integer(), nullable=False),
        sa.CheckConstraint("fee IN ('free', 'low', 'paid')", name=op.f("ck_service_fee_is_known")),
        sa.CheckConstraint(
            "provided_by IN ('volunteer', 'provider', 'any')", name=op.f("ck_service_provided_by_is_known")
        ),
        sa.CheckConstraint("burden >= 0", name=op.f("ck_service_burden_is_at_least_0")),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_service_name_is_not_empty")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_service_minutes_is_from_1_to_1440")),
        sa.CheckConstraint("people BETWEEN 1 AND 50", name=op.f("ck_service_people_is_from_1_to_50")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_service_price_is_at_least_0")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_service_category_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("number", name=op.f("uq_service_number")),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_category_id"), ["category_id"], unique=False)

    op.create_table(
        "availability",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_at", sa.Time(), nullable=False),
        sa.Column("end_at", sa.Time(), nullable=False),
        sa.CheckConstraint("start_at < end_at", name=op.f("ck_availability_start_at_is_before_end_at")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_availability_weekday_is_from_0_to_6")),
        sa.ForeignKeyConstraint(
            ["helper_id"], ["helper.id"], name=op.f("fk_availability_helper_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability")),
        sa.UniqueConstraint(
            "helper_id", "weekday", "start_at", name=op.f("uq_availability_helper_id_weekday_start_at")
        ),
    )
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_availability_helper_id"), ["helper_id"], unique=False)

    op.create_table(
        "barring",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("resident_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_barring_helper_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_barring_resident_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barring")),
        sa.UniqueConstraint("resident_id", "helper_id", name=op.f("uq_barring_resident_id_helper_id")),
    )
    with op.batch_alter_table("barring", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_barring_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_barring_resident_id"), ["resident_id"], unique=False)

    op.create_table(
        "crew",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("provider_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.CheckConstraint("members >= 1", name=op.f("ck_crew_members_is_at_least_1")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_crew_helper_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_crew_provider_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew")),
        sa.UniqueConstraint("helper_id", name=op.f("uq_crew_helper_id")),
        sa.UniqueConstraint("number", name=op.f("uq_crew_number")),
    )
    with op.batch_alter_table("crew", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crew_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "exceptional_day",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stretches", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["helper_id"], ["helper.id"], name=op.f("fk_exceptional_day_helper_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exceptional_day")),
        sa.UniqueConstraint("helper_id", "day", name=op.f("uq_exceptional_day_helper_id_day")),
    )
    with op.batch_alter_table("exceptional_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exceptional_day_helper_id"), ["helper_id"], unique=False)

    op.create_table(
        "helper_skill",
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("skill_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["helper_id"], ["helper.id"], name=op.f("fk_helper_skill_helper_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_helper_skill_skill_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("helper_id", "skill_id", name=op.f("pk_helper_skill")),
    )
    op.create_table(
        "request",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("resident_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("service_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("on_behalf", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("repeat", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("windows", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("gender", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column("gender_required", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("together_with_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("purse_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("taken_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("withdrawn_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.CheckConstraint("gender IS NULL OR gender IN ('male', 'female')", name=op.f("ck_request_gender_is_known")),
        sa.CheckConstraint("json_array_length(windows) > 0", name=op.f("ck_request_windows_is_not_empty")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_request_minutes_is_from_1_to_1440")),
        sa.CheckConstraint("people BETWEEN 1 AND 50", name=op.f("ck_request_people_is_from_1_to_50")),
        sa.CheckConstraint("priority BETWEEN 0 AND 1000000", name=op.f("ck_request_priority_is_from_0_to_1000000")),
        sa.CheckConstraint("until IS NULL OR until >= day", name=op.f("ck_request_until_is_not_before_day")),
        sa.ForeignKeyConstraint(["purse_id"], ["purse.id"], name=op.f("fk_request_purse_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_request_resident_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_request_service_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["together_with_id"], ["request.id"], name=op.f("fk_request_together_with_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("number", name=op.f("uq_request_number")),
    )
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_purse_id"), ["purse_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_resident_id"), ["resident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_service_id"), ["service_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_together_with_id"), ["together_with_id"], unique=False)

    op.create_table(
        "run",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("roster_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("weights", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("idempotency_key", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True),
        sa.Column("roster_version", sa.Integer(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("worker", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("lease_until", sa.Float(), nullable=True),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("objective", sa.BigInteger(), nullable=True),
        sa.Column("bound", sa.BigInteger(), nullable=True),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("failure_code", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("failure", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
        sa.Column("started_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("claimed_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.Column("ended_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('queued', 'running')) = (ended_at IS NULL)", name=op.f("ck_run_only_an_ended_run_has_an_end")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'stopped', 'failed')", name=op.f("ck_run_state_is_known")
        ),
        sa.CheckConstraint("claims >= 0", name=op.f("ck_run_claims_is_at_least_0")),
        sa.CheckConstraint("fence >= 0", name=op.f("ck_run_fence_is_at_least_0")),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name=op.f("ck_run_progress_is_from_0_to_1")),
        sa.CheckConstraint("seconds > 0 AND seconds <= 3600", name=op.f("ck_run_seconds_are_sensible")),
        sa.CheckConstraint("seed BETWEEN 1 AND 2147483647", name=op.f("ck_run_seed_is_from_1_to_2147483647")),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_run_roster_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("roster_id", "idempotency_key", name=op.f("uq_run_roster_id_idempotency_key")),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_roster_id"), ["roster_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_state"), ["state"], unique=False)
        batch_op.create_index(
            "one_active_run_of_a_roster",
            ["roster_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        )

    op.create_table(
        "service_skill",
        sa.Column("service_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("skill_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_skill_service_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_service_skill_skill_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("service_id", "skill_id", name=op.f("pk_service_skill")),
    )
    op.create_table(
        "time_off",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("start_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("end_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.CheckConstraint("start_at < end_at", name=op.f("ck_time_off_start_at_is_before_end_at")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_time_off_helper_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_off")),
        sa.UniqueConstraint("helper_id", "start_at", name=op.f("uq_time_off_helper_id_start_at")),
    )
    with op.batch_alter_table("time_off", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_time_off_helper_id"), ["helper_id"], unique=False)

    op.create_table(
        "volunteer",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("team_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("ethnic_group", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_volunteer_helper_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_volunteer_team_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
        sa.UniqueConstraint("helper_id", name=op.f("uq_volunteer_helper_id")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_number")),
    )
    with op.batch_alter_table("volunteer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_volunteer_team_id"), ["team_id"], unique=False)

    op.create_table(
        "pairing",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("resident_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("volunteer_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('one_to_one', 'many_to_one')", name=op.f("ck_pairing_kind_is_known")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_pairing_resident_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_pairing_volunteer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing")),
        sa.UniqueConstraint("resident_id", "volunteer_id", name=op.f("uq_pairing_resident_id_volunteer_id")),
    )
    with op.batch_alter_table("pairing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pairing_resident_id"), ["resident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pairing_volunteer_id"), ["volunteer_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("request_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("windows", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.CheckConstraint("json_array_length(windows) > 0", name=op.f("ck_visit_windows_is_not_empty")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_visit_minutes_is_from_1_to_1440")),
        sa.CheckConstraint("people BETWEEN 1 AND 50", name=op.f("ck_visit_people_is_from_1_to_50")),
        sa.CheckConstraint("priority BETWEEN 0 AND 1000000", name=op.f("ck_visit_priority_is_from_0_to_1000000")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_visit_request_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("request_id", "day", name=op.f("uq_visit_request_id_day")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_request_id"), ["request_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("roster_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("start_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("end_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("shift_start_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("shift_end_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.Column("travel_minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "shift_start_at < shift_end_at", name=op.f("ck_assignment_shift_start_at_is_before_shift_end_at")
        ),
        sa.CheckConstraint("start_at < end_at", name=op.f("ck_assignment_start_at_is_before_end_at")),
        sa.CheckConstraint("travel_minutes >= 0", name=op.f("ck_assignment_travel_minutes_is_at_least_0")),
        sa.ForeignKeyConstraint(["helper_id"], ["helper.id"], name=op.f("fk_assignment_helper_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_assignment_roster_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_assignment_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "roster_id", "visit_id", "helper_id", name=op.f("uq_assignment_roster_id_visit_id_helper_id")
        ),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_roster_id"), ["roster_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "pin",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("roster_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("helper_ids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("start_at", matcher.database.Moment(timezone=True), nullable=True),
        sa.Column("pinned_at", matcher.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_pin_roster_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_pin_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin")),
        sa.UniqueConstraint("roster_id", "visit_id", name=op.f("uq_pin_roster_id_visit_id")),
    )
    with op.batch_alter_table("pin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pin_roster_id"), ["roster_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pin_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "unassigned",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("roster_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("visit_id", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_unassigned_roster_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_unassigned_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unassigned")),
        sa.UniqueConstraint("roster_id", "visit_id", name=op.f("uq_unassigned_roster_id_visit_id")),
    )
    with op.batch_alter_table("unassigned", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unassigned_roster_id"), ["roster_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_unassigned_visit_id"), ["visit_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("unassigned", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unassigned_visit_id"))
        batch_op.drop_index(batch_op.f("ix_unassigned_roster_id"))

    op.drop_table("unassigned")
    with op.batch_alter_table("pin", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pin_visit_id"))
        batch_op.drop_index(batch_op.f("ix_pin_roster_id"))

    op.drop_table("pin")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_visit_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_roster_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_helper_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_request_id"))
        batch_op.drop_index(batch_op.f("ix_visit_day"))

    op.drop_table("visit")
    with op.batch_alter_table("pairing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pairing_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_pairing_resident_id"))

    op.drop_table("pairing")
    with op.batch_alter_table("volunteer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_team_id"))

    op.drop_table("volunteer")
    with op.batch_alter_table("time_off", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_time_off_helper_id"))

    op.drop_table("time_off")
    op.drop_table("service_skill")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index(
            "one_active_run_of_a_roster",
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        )
        batch_op.drop_index(batch_op.f("ix_run_state"))
        batch_op.drop_index(batch_op.f("ix_run_roster_id"))

    op.drop_table("run")
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_together_with_id"))
        batch_op.drop_index(batch_op.f("ix_request_service_id"))
        batch_op.drop_index(batch_op.f("ix_request_resident_id"))
        batch_op.drop_index(batch_op.f("ix_request_purse_id"))
        batch_op.drop_index(batch_op.f("ix_request_day"))

    op.drop_table("request")
    op.drop_table("helper_skill")
    with op.batch_alter_table("exceptional_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exceptional_day_helper_id"))

    op.drop_table("exceptional_day")
    with op.batch_alter_table("crew", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crew_provider_id"))

    op.drop_table("crew")
    with op.batch_alter_table("barring", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_barring_resident_id"))
        batch_op.drop_index(batch_op.f("ix_barring_helper_id"))

    op.drop_table("barring")
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_availability_helper_id"))

    op.drop_table("availability")
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_category_id"))

    op.drop_table("service")
    with op.batch_alter_table("roster", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_area_id"))

    op.drop_table("roster")
    with op.batch_alter_table("resident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resident_household"))
        batch_op.drop_index(batch_op.f("ix_resident_area_id"))

    op.drop_table("resident")
    with op.batch_alter_table("provider", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_provider_area_id"))

    op.drop_table("provider")
    with op.batch_alter_table("lending", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lending_lender_id"))
        batch_op.drop_index(batch_op.f("ix_lending_borrower_id"))

    op.drop_table("lending")
    with op.batch_alter_table("helper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_helper_area_id"))

    op.drop_table("helper")
    op.drop_table("team")
    op.drop_table("streets")
    op.drop_table("skill")
    op.drop_table("purse")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_sent_at"))

    op.drop_table("outbox")
    op.drop_table("import")
    op.drop_table("category")
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_area_parent_id"))

    op.drop_table("area")
