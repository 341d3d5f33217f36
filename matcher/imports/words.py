"""The office's words in the cells, and our codes for them."""

from matcher.imports import cells
from matcher.imports.columns import Column

TIERS = {"区": "district", "街道": "subdistrict", "社区": "community"}
GENDERS = {"男": "male", "女": "female"}
NEED_GROUPS = {
    "空巢": "empty_nest",
    "独居": "living_alone",
    "残疾": "disabled",
    "低保": "low_income",
    "三无": "three_nos",
    "优抚": "special_care",
}
TEAM_KINDS = {
    "党团员": "party_league",
    "公务员": "civil_servant",
    "专业人员": "professional",
    "青年": "youth",
    "老年": "senior",
    "商户": "shop_owner",
    "务工人员": "migrant_worker",
}
MODES = {"步行": "walk", "自行车": "bike", "公交": "bus", "汽车": "car"}
FEES = {"免费": "free", "低偿": "low", "有偿": "paid"}
PROVIDED_BY = {"志愿者": "volunteer", "服务商": "provider", "均可": "any"}
PAIRINGS = {"一帮一": "one_to_one", "多帮一": "many_to_one"}
YES_NO = {"是": True, "否": False}
PRIORITIES = {"一般": 100, "较急": 200, "紧急": 400, "特急": 800}


def named(*, translated: bool = True) -> list[Column]:
    """编号, 名称 and its translations."""
    translations = [
        Column("name_en", "英文名", cells.text(120), required=False, default=""),
        Column("name_ug", "维吾尔文名", cells.text(120), required=False, default=""),
    ]
    return [
        Column("number", "编号", cells.number),
        Column("name", "名称", cells.text(120)),
        *(translations if translated else []),
    ]


def placed(*, required: bool = True) -> list[Column]:
    return [
        Column("latitude", "纬度", cells.degrees(-90, 90), required=required),
        Column("longitude", "经度", cells.degrees(-180, 180), required=required),
    ]
