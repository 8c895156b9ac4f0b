from . import itsm_booking_handover
from . import itsm_label_print
from . import itsm_ticket_action_words
from . import itsm_visit_correction
