package model;

/** The key of OrderHistory. */
public class OrderHistoryId implements java.io.Serializable {
    private Long id;
    private java.time.OffsetDateTime changedAt;

    @Override
    public boolean equals(Object other) {
        return other instanceof OrderHistoryId that && java.util.Objects.equals(id, that.id) && java.util.Objects.equals(changedAt, that.changedAt);
    }

    @Override
    public int hashCode() {
        return java.util.Objects.hash(id, changedAt);
    }
}
