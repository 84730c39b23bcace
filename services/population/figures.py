"""What is said of the people of 铜仁市, and where: the invented households keep to these figures.

S0 is 铜仁市“十四五”巩固拓展脱贫攻坚成果同乡村振兴有效衔接规划. What has no source is assumed.
"""

from typing import Final

RURAL_PEOPLE: Final = 3_600_000
"""Rural people of the ten counties; assumed."""
LIFTED_PEOPLE: Final = 942_900
"""脱贫人口: 94.29万 [S0 第一章]."""
RELOCATED_PEOPLE: Final = 293_600
"""易地扶贫搬迁: 29.36万 [S0 第一章]."""
RELOCATED_LIFTED_PEOPLE: Final = 235_300
"""Those of them who were lifted: 23.53万 [S0 第一章]."""
MONITORED_PEOPLE: Final = 44_000
"""三类人群 who may fall back: 4.4万 [S0 第二章]. Here they live below the line."""
WAGE_SHARE_OF_LIFTED: Final = 0.70
"""Of what lifted households earn, at least so much is wages: 依靠外出务工占比达70%以上 [S0 第二章]."""
INCOME_PER_HEAD_FEN: Final = 1_710_000
"""Yearly income of a rural resident in fen: 1.71万元 by the end of 2025 [S0 专栏3]."""
MEMBERS_OF_HOUSEHOLD: Final = 4
"""Members of a household on average; assumed."""
FEWEST_INCOME_FACTS: Final = 10
"""Every household is told of income so many times or more; assumed."""

LIFTED_SHARE: Final = LIFTED_PEOPLE / RURAL_PEOPLE
MONITORED_SHARE: Final = MONITORED_PEOPLE / RURAL_PEOPLE
RELOCATED_SHARE_OF_LIFTED: Final = RELOCATED_LIFTED_PEOPLE / LIFTED_PEOPLE
RELOCATED_SHARE_OF_OTHERS: Final = (RELOCATED_PEOPLE - RELOCATED_LIFTED_PEOPLE) / (RURAL_PEOPLE - LIFTED_PEOPLE)

UNSAFE_HOME_SHARE: Final = 0.004
"""Watched households (脱贫户, 低保户) whose only home is graded C or D; assumed, as all that follows is."""
UNSAFE_WATER_SHARE: Final = 0.004
"""Watched households with bad water."""
DROPOUT_SHARE: Final = 0.005
"""Children of watched households who left school."""
UNINSURED_SHARE: Final = 0.002
"""Members of watched households without basic medical insurance of the year."""
JOBLESS_SHARE: Final = 0.02
"""Watched households of which nobody works who could."""
LOAN_SHARE: Final = 0.08
"""Lifted households with a 脱贫人口小额信贷."""
NEWLY_DISABLED_SHARE: Final = 0.1
"""Disabled members whose certificate is of this year."""
UNCONTRACTED_SHARE: Final = 0.1
"""Chronically ill members of watched households whom no family doctor has under contract."""
UNABLE_SHARE: Final = 0.03
"""Old parents who cannot fully look after themselves."""
RELIEF_ENDED_SHARE: Final = 0.003
"""Households whose 低保 ended in the year."""
DISASTER_SHARE: Final = 0.005
"""Households that a natural disaster struck in the year."""
ACCIDENT_SHARE: Final = 0.003
"""Households of which somebody had an accident in the year."""
FAILED_SHARE: Final = 0.008
"""Households on the land whose harvest or herd was damaged, or stayed unsold."""
BORN_SHARE: Final = 0.005
"""Households with a newborn who is not registered yet."""
TWICE_TOLD_SHARE: Final = 0.005
"""Households of which two sources report the same transfer."""
