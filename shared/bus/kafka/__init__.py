"""Apache Kafka through aiokafka: the only room that knows the client library."""

from shared.bus.kafka.access import PLAINTEXT, KafkaSecurity
from shared.bus.kafka.subscription import KafkaSubscription
from shared.bus.kafka.transport import KafkaTransport

__all__ = ["PLAINTEXT", "KafkaSecurity", "KafkaSubscription", "KafkaTransport"]
