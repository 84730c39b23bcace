"""Situations of cases that callers are told about."""

from shared.errors import Conflict, Invalid, NotFound


class CaseNotFound(NotFound):
    """No case by that id within the caller's region."""

    code = "case-not-found"


class CaseInvalid(Invalid):
    """What is said of a case or of a step cannot be."""

    code = "case-invalid"


class CaseOpen(Conflict):
    """A case of the household is open, which ``case_id`` names."""

    code = "case-open"


class AlreadyMonitored(Conflict):
    """The household is monitored already 已是监测对象."""

    code = "already-monitored"


class NotMonitored(Conflict):
    """The household is not monitored: there is nothing to eliminate."""

    code = "not-monitored"


class NoLabourHousehold(Conflict):
    """整户无劳动能力: nobody can work, so the risk is not marked as eliminated."""

    code = "no-labour-household"


class ConsentMissing(Conflict):
    """承诺授权 comes before the comparison: without it no department is asked."""

    code = "consent-missing"


class NoHelpBeforeAdmission(Conflict):
    """先帮扶后纳入 is not the rule of the place."""

    code = "emergency-not-allowed"


class BlockIncomplete(Conflict):
    """What comes before the review is not there; ``missing`` names it."""

    code = "block-incomplete"


class CanCope(Conflict):
    """The visit saw that the household can cope by itself 能自主应对."""

    code = "can-cope"


class IncomeIncomplete(Conflict):
    """Months of the window are unknown, which ``missing`` names: facts are recorded first."""

    code = "income-incomplete"


class NoClass(Conflict):
    """By its figures the household belongs to no class of monitored households."""

    code = "no-class"


class Excluded(Conflict):
    """The comparison hit what speaks against it, which ``hits`` names, and no assembly decided otherwise."""

    code = "excluded"


class CriteriaUnmet(Conflict):
    """Criteria of the elimination are not met or not known, which ``codes`` names."""

    code = "criteria-unmet"
