from . import itsm_ip_assign
from . import itsm_ci_event_extension
from . import itsm_ci_finding_acceptance
from . import itsm_ci_label_print
from . import itsm_ci_workbook
from . import itsm_ci_comparison
from . import itsm_ci_merge
from . import itsm_ci_impact_analysis
