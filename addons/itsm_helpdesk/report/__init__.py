from . import itsm_percentile_mixin
from . import itsm_sla_report
from . import itsm_sla_time_report
