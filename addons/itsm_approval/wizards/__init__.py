from . import itsm_approval_decision
