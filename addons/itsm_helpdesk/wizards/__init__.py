from . import itsm_ticket_action
