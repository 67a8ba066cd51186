from as_drivers.syncom.syncom import SynCom, SynComError
