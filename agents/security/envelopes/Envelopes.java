import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.text.Normalizer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Values that are sealed before they reach the database: AES-256-GCM, bound to their table, column and row.
 *
 * <p>Seals under the current key and opens under every key that is still known. All keys are 32 random bytes of a key
 * management service or secret store, never of the database or its backups. A value that was changed, or moved to
 * another row or column, does not open: {@code javax.crypto.AEADBadTagException}.
 */
public final class Envelopes {

    /** A table's key, and each sealed column with its blind index ("" where none is asked). */
    public record Sealed(String key, Map<String, String> columns) {}

    public static final Map<String, Sealed> SEALED = Map.of();

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder BYTES = Base64.getUrlDecoder();

    private final Map<String, byte[]> keys;
    private final String current;
    private final byte[] indexKey;

    public Envelopes(Map<String, byte[]> keys, String current, byte[] indexKey) {
        if (indexKey.length != 32 || !keys.containsKey(current) || keys.values().stream().anyMatch(key -> key.length != 32)) {
            throw new IllegalArgumentException("AES-256 and the blind index take keys of 32 bytes");
        }
        this.keys = Map.copyOf(keys);
        this.current = current;
        this.indexKey = indexKey.clone();
    }

    /** The envelope {@code v1.<key id>.<nonce>.<ciphertext and tag>}; the row's key is known before the row is written. */
    public String seal(String table, String column, Object row, String text) throws GeneralSecurityException {
        byte[] nonce = new byte[12];
        RANDOM.nextBytes(nonce);
        Cipher cipher = cipher(Cipher.ENCRYPT_MODE, current, nonce, table, column, row);
        byte[] sealed = cipher.doFinal(text.getBytes(StandardCharsets.UTF_8));
        return "v1." + current + "." + TEXT.encodeToString(nonce) + "." + TEXT.encodeToString(sealed);
    }

    /** The text, if the envelope was sealed for this place under a known key and is unchanged. */
    public String open(String table, String column, Object row, String envelope) throws GeneralSecurityException {
        String[] parts = envelope.split("\\.");
        if (parts.length != 4 || !parts[0].equals("v1") || !keys.containsKey(parts[1])) {
            throw new GeneralSecurityException("no envelope of a known key");
        }
        Cipher cipher = cipher(Cipher.DECRYPT_MODE, parts[1], BYTES.decode(parts[2]), table, column, row);
        return new String(cipher.doFinal(BYTES.decode(parts[3])), StandardCharsets.UTF_8);
    }

    /** The blind index of a text, by which its row is found; equal texts of one column have equal ones. */
    public String index(String table, String column, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(indexKey, "HmacSHA256"));
        String message = table + "|" + column + "|" + Normalizer.normalize(text.strip(), Normalizer.Form.NFC);
        return HexFormat.of().formatHex(mac.doFinal(message.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Seals one batch of rows behind {@code after} anew, and returns the last key; null when there is none left.
     * Each batch is one transaction. Begin with the least key; repeat for each sealed column.
     */
    public Object rotate(Connection connection, String table, String key, String column, Object after)
            throws SQLException, GeneralSecurityException {
        String read = "SELECT " + key + ", " + column + " FROM " + table + " WHERE " + key + " > ? AND " + column
                + " NOT LIKE ? AND " + column + " NOT LIKE 'v1.erased.%' ORDER BY " + key + " LIMIT 500 FOR UPDATE";
        String write = "UPDATE " + table + " SET " + column + " = ? WHERE " + key + " = ?";
        Object last = null;
        try (PreparedStatement found = connection.prepareStatement(read);
                PreparedStatement update = connection.prepareStatement(write)) {
            found.setObject(1, after);
            found.setString(2, "v1." + current + ".%");
            try (ResultSet rows = found.executeQuery()) {
                while (rows.next()) {
                    last = rows.getObject(1);
                    update.setString(1, seal(table, column, last, open(table, column, last, rows.getString(2))));
                    update.setObject(2, last);
                    update.addBatch();
                }
            }
            update.executeBatch();
        }
        return last;
    }

    private Cipher cipher(int mode, String keyId, byte[] nonce, String table, String column, Object row)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(keys.get(keyId), "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(("v1|" + keyId + "|" + table + "|" + column + "|" + row).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
