from . import test_survey_round
