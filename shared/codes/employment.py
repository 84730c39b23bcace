"""Code lists of employment 就业: vacancies, workers, placements."""

from shared.codes.code import Code


class VacancyKind(Code):
    """Where work is offered 岗位类型."""

    MARKET = "market", "市场岗位", "market vacancy", "a firm, often in the partner city"
    WORKSHOP = "workshop", "帮扶车间", "assistance workshop"
    PUBLIC_POST = "public_post", "公益性岗位", "public-welfare post"


class WorkerStatus(Code):
    """Whether a worker has work 就业状态."""

    IDLE = "idle", "待就业", "looking for work"
    OFFERED = "offered", "已匹配", "matched", "a placement is made and has not begun"
    EMPLOYED = "employed", "已就业", "employed"


class PlacementStatus(Code):
    """Where a placement stands 输送状态."""

    PLACED = "placed", "已匹配", "matched"
    DEPARTED = "departed", "已输送", "departed", "on the way"
    STARTED = "started", "已上岗", "at work"
    ENDED = "ended", "已离岗", "left work"


class PlacementAction(Code):
    """What is done with a placement 输送操作."""

    DEPART = "depart", "输送", "depart"
    START = "start", "上岗", "start work"
    END = "end", "离岗", "leave work", "needs a reason"


class PlacementEndReason(Code):
    """Why a placement ended 离岗原因."""

    FINISHED = "finished", "合同期满", "contract finished"
    DISMISSED = "dismissed", "被辞退", "dismissed"
    ILLNESS = "illness", "因病", "illness"
    FAMILY = "family", "家庭原因", "family reasons"
    LEFT_HOUSEHOLD = (
        "left_household",
        "离户",
        "left the household",
        "the worker died or belongs to the household no more",
    )
    OTHER = "other", "其他", "other"


class WhyNot(Code):
    """Why a worker cannot be placed in a vacancy 不匹配原因."""

    EXPIRED = "expired", "岗位已过期", "vacancy has expired"
    NO_HEADCOUNT_LEFT = "no_headcount_left", "岗位已满", "vacancy is full"
    ALREADY_PLACED = "already_placed", "已匹配或已就业", "matched or employed already"
    NOT_A_WORKER = (
        "not_a_worker",
        "已非劳动力",
        "no longer a worker",
        "left the household, went to school or lost the ability to work",
    )
    NOT_OF_WORKING_AGE = "not_of_working_age", "不在劳动年龄内", "not of working age"
    TOO_YOUNG = "too_young", "低于岗位年龄要求", "younger than the vacancy asks"
    TOO_OLD = "too_old", "高于岗位年龄要求", "older than the vacancy asks"
    LABOUR_NOT_MATCHING = "labour_not_matching", "劳动技能不符", "ability to work does not fit"
