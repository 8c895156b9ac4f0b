from . import (
    itsm_skill_need,
    itsm_category,
    itsm_service,
    res_users,
    itsm_team,
    itsm_team_seat,
    itsm_ticket,
)
