{
    "name": "ITSM Desks Beyond IT: Goods from the Warehouse",
    "summary": "Goods that a ticket asks for are issued by a delivery of the warehouse",
    "version": "19.0.1.0.0",
    "category": "Services/Service Desk",
    "author": "ITSM for Odoo",
    "website": "https://itsm-for-odoo.example",
    "license": "LGPL-3",
    "depends": ["itsm_nonit", "stock"],
    "data": [
        "views/itsm_desk_views.xml",
        "views/itsm_ticket_views.xml",
        "views/stock_picking_views.xml",
    ],
    "auto_install": True,
}
