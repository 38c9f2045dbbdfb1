package model;

/** The key of UserActivity. */
public class UserActivityId implements java.io.Serializable {
    private Long id;
    private Long userId;

    @Override
    public boolean equals(Object other) {
        return other instanceof UserActivityId that && java.util.Objects.equals(id, that.id) && java.util.Objects.equals(userId, that.userId);
    }

    @Override
    public int hashCode() {
        return java.util.Objects.hash(id, userId);
    }
}
