from . import itsm_survey_round
from . import itsm_survey_round_figures
from . import survey_user_input
