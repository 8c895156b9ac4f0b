from . import place
from . import portal_booking
