"""The office's words in the cells, and our codes for them; and the columns that several files share."""

from matcher.imports import cells
from matcher.imports.columns import Column
from matcher.types import Fee, Gender, Mode, NeedGroup, PairingKind, ProvidedBy, TeamKind, Tier

TIERS = {"区": Tier.DISTRICT.value, "街道": Tier.SUBDISTRICT.value, "社区": Tier.COMMUNITY.value}
GENDERS = {"男": Gender.MALE.value, "女": Gender.FEMALE.value}
NEED_GROUPS = {
    "空巢": NeedGroup.EMPTY_NEST.value,
    "独居": NeedGroup.LIVING_ALONE.value,
    "残疾": NeedGroup.DISABLED.value,
    "低保": NeedGroup.LOW_INCOME.value,
    "三无": NeedGroup.THREE_NOS.value,
    "优抚": NeedGroup.SPECIAL_CARE.value,
}
TEAM_KINDS = {
    "党团员": TeamKind.PARTY_LEAGUE.value,
    "公务员": TeamKind.CIVIL_SERVANT.value,
    "专业人员": TeamKind.PROFESSIONAL.value,
    "青年": TeamKind.YOUTH.value,
    "老年": TeamKind.SENIOR.value,
    "商户": TeamKind.SHOP_OWNER.value,
    "务工人员": TeamKind.MIGRANT_WORKER.value,
}
MODES = {"步行": Mode.WALK.value, "自行车": Mode.BIKE.value, "公交": Mode.BUS.value, "汽车": Mode.CAR.value}
FEES = {"免费": Fee.FREE.value, "低偿": Fee.LOW.value, "有偿": Fee.PAID.value}
PROVIDED_BY = {"志愿者": ProvidedBy.VOLUNTEER.value, "服务商": ProvidedBy.PROVIDER.value, "均可": ProvidedBy.ANY.value}
PAIRINGS = {"一帮一": PairingKind.ONE_TO_ONE.value, "多帮一": PairingKind.MANY_TO_ONE.value}
PRIORITIES = {"一般": 100, "较急": 200, "紧急": 400, "特急": 800}
"""Points that leaving a visit costs."""
YES_NO = {"是": True, "否": False}

NUMBER = Column("number", "编号", cells.number)
PLACE = (
    Column("latitude", "纬度", cells.degrees(-90, 90)),
    Column("longitude", "经度", cells.degrees(-180, 180)),
)
NAMES = (
    Column("name", "名称", cells.text(120)),
    Column("name_en", "英文名", cells.text(120), required=False, default=""),
    Column("name_ug", "维吾尔文名", cells.text(120), required=False, default=""),
)
PERSON = (
    Column("name", "姓名", cells.text(120)),
    Column("gender", "性别", cells.one_of(GENDERS), required=False),
    Column("born", "出生日期", cells.day, required=False),
    Column("ethnic_group", "民族", cells.text(60), required=False, default=""),
    Column("languages", "语言", cells.names, required=False, default=()),
    Column("phone", "电话", cells.phone, required=False, default=""),
)
ABLE = (
    Column("skills", "技能", cells.names, required=False, default=()),
    Column("certificates", "证书", cells.certificates, required=False, default=()),
    Column("mode", "出行方式", cells.one_of(MODES)),
    Column("availability", "可服务时间", cells.availability, required=False, default=()),
    Column("most_visits", "每日最多次数", cells.whole(1, 50), required=False),
    Column("most_minutes", "每日最多分钟", cells.whole(1, 1440), required=False),
)
