{
    'name': "After-Sales Service: SMS",
    'version': '19.0.1.0.0',
    'author': 'Stokiva',
    'license': 'LGPL-3',
    'category': 'Services',
    'summary': "SMS to customers, providers and technicians, with a journal of each message",
    # Without it Odoo would read README.md as reStructuredText.
    'description': "Service messages by SMS; see README.md.",
    'depends': [
        'stokiva_service',
        'sms_twilio',
    ],
    'external_dependencies': {'python': ['phonenumbers']},
    'data': [
        'security/ir.model.access.csv',
        'security/stokiva_sms_rules.xml',
        'data/sms_template_data.xml',
        'data/stokiva_message_rule_data.xml',
        'views/res_config_settings_views.xml',
        'views/stokiva_message_rule_views.xml',
        'views/stokiva_message_views.xml',
        'views/stokiva_sms_log_views.xml',
        'views/stokiva_work_order_views.xml',
        'views/stokiva_sms_menus.xml',
    ],
    'demo': ['demo/res_company_demo.xml'],
    'uninstall_hook': 'uninstall_hook',
}
