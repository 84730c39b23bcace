"""From one house's commit to another house's effect: outbox, relay, transport, consumer, dead letters.

Reading order: interface, embedded | kafka, relay, inbox, batches, dead_letters, consumer.
"""
