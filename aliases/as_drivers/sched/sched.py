from twincore.drivers.crontab import cron
from twincore.drivers.scheduling import Sequence, schedule
from twincore.primitives import launch
