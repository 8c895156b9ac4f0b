from . import portal, portal_new, portal_thread
