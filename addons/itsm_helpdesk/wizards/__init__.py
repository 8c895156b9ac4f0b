from . import itsm_desk_correction
from . import itsm_label_print_mixin
from . import itsm_service_comparison
from . import itsm_service_import
from . import itsm_task_fail
from . import itsm_ticket_action
from . import itsm_ticket_action_request
