from twincore.primitives.pubsub import Agent, Broker, RegExp, broker

# An import of this module hides what `primitives.broker` is otherwise: so it can do the same.
publish = broker.publish
subscribe = broker.subscribe
unsubscribe = broker.unsubscribe
