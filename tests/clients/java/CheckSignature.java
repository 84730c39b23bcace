import java.util.Map;

/** Tells whether the signature of a message holds: secret, id, timestamp, signature, body. */
final class CheckSignature {
    public static void main(String[] said) throws Exception {
        Map<String, String> headers =
                Map.of("webhook-id", said[1], "webhook-timestamp", said[2], "webhook-signature", said[3]);
        System.out.println(Signature.holds(said[0], headers, said[4]));
    }
}
