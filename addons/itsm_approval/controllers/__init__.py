from . import mail_link, portal, portal_absence
