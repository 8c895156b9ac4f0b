from . import itsm_desk
from . import itsm_goods_line
from . import itsm_ticket
from . import stock_move
from . import stock_picking
