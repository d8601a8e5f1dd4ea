"""Who reads the fields that are not everybody's: values of ``groups`` that several models use."""

STAFF = (
    'stokiva_service.group_stokiva_technician,stokiva_service.group_stokiva_call_centre,'
    'stokiva_service.group_stokiva_settlement')
CALL_CENTRE = 'stokiva_service.group_stokiva_call_centre,stokiva_service.group_stokiva_settlement'
OFFICE = 'stokiva_service.group_stokiva_dispatcher,stokiva_service.group_stokiva_settlement'
