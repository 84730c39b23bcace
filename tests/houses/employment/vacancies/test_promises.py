"""What outside systems hold employment to about vacancies."""

from tests.promises import Check, Promises, every

PROMISES = Promises(
    "employment",
    routes={
        "GET /vacancies": "employment:read",
        "GET /vacancies/{vacancy_code}": "employment:read",
        "PUT /vacancies/{vacancy_code}": "employment:write",
    },
    fields={
        "VacancyIn": "employer kind place_code occupation headcount wage_month min_age max_age needs valid_until "
        "region_code",
        "VacancyOut": "vacancy_code employer kind place_code occupation headcount taken wage_month min_age max_age "
        "needs valid_until region_code version updated_at",
        "Page_VacancyOut_": "items next_cursor",
    },
    codes={
        "VacancyKind": "market workshop public_post",
    },
    filters={
        "/vacancies": "kind open place_code updated_after",
    },
)


@every(PROMISES)
def test_what_is_promised_is_there(check: Check) -> None:
    check()
