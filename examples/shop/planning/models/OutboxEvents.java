package model;

import jakarta.persistence.*;

/** Harbour Shop: Events for other systems, written by the transaction whose change they tell of */
@Entity
@Table(name = "outbox_events", uniqueConstraints = {@UniqueConstraint(name = "uq_outbox_events_event_id", columnNames = {"event_id"})})
public class OutboxEvents {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "id", nullable = false)
    private Long id;

    @Column(name = "event_id", nullable = false)
    private java.util.UUID eventId;

    @Column(name = "aggregate_type", nullable = false, length = 63)
    private String aggregateType;

    @Column(name = "aggregate_id", nullable = false, length = 64)
    private String aggregateId;

    @Column(name = "event_type", nullable = false, length = 100)
    private String eventType;

    @Column(name = "payload", nullable = false, columnDefinition = "jsonb")
    private String payload;

    @Column(name = "occurred_at", nullable = false)
    private java.time.OffsetDateTime occurredAt;

    @Column(name = "published_at")
    private java.time.OffsetDateTime publishedAt;

    @Column(name = "attempts", nullable = false)
    private Integer attempts;

    public Long getId() {
        return id;
    }

    public void setId(Long id) {
        this.id = id;
    }

    public java.util.UUID getEventId() {
        return eventId;
    }

    public void setEventId(java.util.UUID eventId) {
        this.eventId = eventId;
    }

    public String getAggregateType() {
        return aggregateType;
    }

    public void setAggregateType(String aggregateType) {
        this.aggregateType = aggregateType;
    }

    public String getAggregateId() {
        return aggregateId;
    }

    public void setAggregateId(String aggregateId) {
        this.aggregateId = aggregateId;
    }

    public String getEventType() {
        return eventType;
    }

    public void setEventType(String eventType) {
        this.eventType = eventType;
    }

    public String getPayload() {
        return payload;
    }

    public void setPayload(String payload) {
        this.payload = payload;
    }

    public java.time.OffsetDateTime getOccurredAt() {
        return occurredAt;
    }

    public void setOccurredAt(java.time.OffsetDateTime occurredAt) {
        this.occurredAt = occurredAt;
    }

    public java.time.OffsetDateTime getPublishedAt() {
        return publishedAt;
    }

    public void setPublishedAt(java.time.OffsetDateTime publishedAt) {
        this.publishedAt = publishedAt;
    }

    public Integer getAttempts() {
        return attempts;
    }

    public void setAttempts(Integer attempts) {
        this.attempts = attempts;
    }
}
