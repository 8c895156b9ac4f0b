from . import portal_knowledge, portal_search
