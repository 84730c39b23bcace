"""Routes of agreements."""

from services.consumption.agreements import queries
from services.consumption.agreements.commands import put_agreement
from services.consumption.agreements.errors import AgreementInvalid, AgreementNotFound
from services.consumption.agreements.schemas import AgreementIn, AgreementNo, AgreementOut
from services.consumption.buyers.errors import BuyerOfAnotherClient
from shared.registers.door import Door, register_router

router = register_router(
    Door(
        segment="agreements",
        name="agreement",
        zh="产销协议",
        says=(
            "Register an agreement, or make it what the body says",
            "Agreements of your buyers or of your region, by number",
            "An agreement",
        ),
        code=AgreementNo,
        body=AgreementIn,
        shown=AgreementOut,
        asked=queries.AgreementList,
        put=put_agreement,
        find=queries.agreement,
        page=queries.agreements,
        read=("consumption:read",),
        write=("consumption:approve",),
        not_found=AgreementNotFound,
        errors=(AgreementInvalid,),
        list_errors=(BuyerOfAnotherClient,),
        code_name="agreement_no",
    )
)
