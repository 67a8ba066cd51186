from twincore.drivers.loop_metrics import metrics
