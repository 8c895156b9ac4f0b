from . import itsm_service_comparison
from . import itsm_service_import
from . import itsm_task_fail
from . import itsm_ticket_action
from . import itsm_ticket_action_request
