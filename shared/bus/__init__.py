"""From one house's commit to another house's effect: outbox, relay, transport, consumer, dead letters.

Reading order: interface, embedded | kafka, outbox, relay, consumer, dead_letters.
"""
