from . import itsm_ticket_report
from . import itsm_workload_report
