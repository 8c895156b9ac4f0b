from . import itsm_ip_assign
from . import itsm_ci_finding_acceptance
from . import itsm_ci_label_print
