from . import notice
from . import portal, portal_catalogue, portal_form_lookup, portal_new, portal_request
from . import portal_service_levels, portal_thread, service_exchange
from . import portal_complaint, portal_sending
from . import rating
from . import portal_prizes
