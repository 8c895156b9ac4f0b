from . import itsm_article_action
from . import itsm_article_comparison
