from as_drivers.client_server.heartbeat import heartbeat
