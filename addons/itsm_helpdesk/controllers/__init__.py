from . import portal, portal_new, portal_service_levels, portal_thread
from . import service_exchange
