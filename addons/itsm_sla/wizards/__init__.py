from . import itsm_sla_correction
from . import itsm_sla_migration
from . import itsm_sla_remeasure
