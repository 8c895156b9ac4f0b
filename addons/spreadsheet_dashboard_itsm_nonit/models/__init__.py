from . import itsm_desk
