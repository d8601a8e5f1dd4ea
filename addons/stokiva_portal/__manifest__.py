{
    'name': "After-Sales Service: Portal",
    'version': '19.0.1.0.0',
    'author': 'Stokiva',
    'license': 'LGPL-3',
    'category': 'Services',
    'summary': "Pages for service providers and for customers in Odoo's portal",
    'depends': [
        'stokiva_service',
        'stokiva_settlement',
        'portal',
    ],
    'data': [
        'security/ir.model.access.csv',
        'security/stokiva_portal_rules.xml',
        'views/portal_templates.xml',
        'views/provider_home_templates.xml',
        'views/provider_list_templates.xml',
        'views/provider_order_templates.xml',
        'views/provider_order_work_templates.xml',
        'views/provider_office_templates.xml',
        'views/provider_statement_templates.xml',
        'views/provider_parts_templates.xml',
        'views/customer_templates.xml',
        'views/appliance_templates.xml',
        'views/approval_on_site_templates.xml',
    ],
    'assets': {
        'web.assets_frontend': [
            'stokiva_portal/static/src/scss/*.scss',
            'stokiva_portal/static/src/interactions/*.js',
        ],
    },
}
