-- a copy records what it would send, and no longer knows how to send it
UPDATE stokiva_sms_gateway
   SET provider = 'log',
       username = NULL,
       password = NULL;
