package model;

import jakarta.persistence.*;

/** Harbour Shop: Business transactions: Order */
@Entity
@Table(name = "orders", uniqueConstraints = {@UniqueConstraint(name = "uq_orders_order_number", columnNames = {"order_number"})})
public class Order {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "id", nullable = false)
    private Long id;

    @Column(name = "user_id", nullable = false)
    private Long userId;

    @Column(name = "shipping_address_id", nullable = false)
    private Long shippingAddressId;

    @Column(name = "order_number", nullable = false, length = 32)
    private String orderNumber;

    @Column(name = "status", nullable = false, length = 20)
    private String status;

    @Column(name = "total_amount", nullable = false, precision = 14, scale = 2)
    private java.math.BigDecimal totalAmount;

    @Column(name = "currency_code", nullable = false, length = 3)
    private String currencyCode;

    @Column(name = "placed_at", nullable = false)
    private java.time.OffsetDateTime placedAt;

    @Column(name = "shipped_at")
    private java.time.OffsetDateTime shippedAt;

    @Column(name = "delivered_at")
    private java.time.OffsetDateTime deliveredAt;

    @Column(name = "notes")
    private String notes;

    @Column(name = "shipping_address_recipient_name", length = 200)
    private String shippingAddressRecipientName;

    @Column(name = "shipping_address_line1", nullable = false, length = 200)
    private String shippingAddressLine1;

    @Column(name = "shipping_address_line2", length = 200)
    private String shippingAddressLine2;

    @Column(name = "shipping_address_city", nullable = false, length = 100)
    private String shippingAddressCity;

    @Column(name = "shipping_address_state_region", length = 100)
    private String shippingAddressStateRegion;

    @Column(name = "shipping_address_postal_code", length = 20)
    private String shippingAddressPostalCode;

    @Column(name = "shipping_address_country_code", nullable = false, length = 2)
    private String shippingAddressCountryCode;

    @Column(name = "created_at", nullable = false)
    private java.time.OffsetDateTime createdAt;

    @Column(name = "updated_at", nullable = false)
    private java.time.OffsetDateTime updatedAt;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "user_id", referencedColumnName = "id", insertable = false, updatable = false)
    private User user;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "shipping_address_id", referencedColumnName = "id", insertable = false, updatable = false)
    private Address shippingAddress;

    public Long getId() {
        return id;
    }

    public void setId(Long id) {
        this.id = id;
    }

    public Long getUserId() {
        return userId;
    }

    public void setUserId(Long userId) {
        this.userId = userId;
    }

    public Long getShippingAddressId() {
        return shippingAddressId;
    }

    public void setShippingAddressId(Long shippingAddressId) {
        this.shippingAddressId = shippingAddressId;
    }

    public String getOrderNumber() {
        return orderNumber;
    }

    public void setOrderNumber(String orderNumber) {
        this.orderNumber = orderNumber;
    }

    public String getStatus() {
        return status;
    }

    public void setStatus(String status) {
        this.status = status;
    }

    public java.math.BigDecimal getTotalAmount() {
        return totalAmount;
    }

    public void setTotalAmount(java.math.BigDecimal totalAmount) {
        this.totalAmount = totalAmount;
    }

    public String getCurrencyCode() {
        return currencyCode;
    }

    public void setCurrencyCode(String currencyCode) {
        this.currencyCode = currencyCode;
    }

    public java.time.OffsetDateTime getPlacedAt() {
        return placedAt;
    }

    public void setPlacedAt(java.time.OffsetDateTime placedAt) {
        this.placedAt = placedAt;
    }

    public java.time.OffsetDateTime getShippedAt() {
        return shippedAt;
    }

    public void setShippedAt(java.time.OffsetDateTime shippedAt) {
        this.shippedAt = shippedAt;
    }

    public java.time.OffsetDateTime getDeliveredAt() {
        return deliveredAt;
    }

    public void setDeliveredAt(java.time.OffsetDateTime deliveredAt) {
        this.deliveredAt = deliveredAt;
    }

    public String getNotes() {
        return notes;
    }

    public void setNotes(String notes) {
        this.notes = notes;
    }

    public String getShippingAddressRecipientName() {
        return shippingAddressRecipientName;
    }

    public void setShippingAddressRecipientName(String shippingAddressRecipientName) {
        this.shippingAddressRecipientName = shippingAddressRecipientName;
    }

    public String getShippingAddressLine1() {
        return shippingAddressLine1;
    }

    public void setShippingAddressLine1(String shippingAddressLine1) {
        this.shippingAddressLine1 = shippingAddressLine1;
    }

    public String getShippingAddressLine2() {
        return shippingAddressLine2;
    }

    public void setShippingAddressLine2(String shippingAddressLine2) {
        this.shippingAddressLine2 = shippingAddressLine2;
    }

    public String getShippingAddressCity() {
        return shippingAddressCity;
    }

    public void setShippingAddressCity(String shippingAddressCity) {
        this.shippingAddressCity = shippingAddressCity;
    }

    public String getShippingAddressStateRegion() {
        return shippingAddressStateRegion;
    }

    public void setShippingAddressStateRegion(String shippingAddressStateRegion) {
        this.shippingAddressStateRegion = shippingAddressStateRegion;
    }

    public String getShippingAddressPostalCode() {
        return shippingAddressPostalCode;
    }

    public void setShippingAddressPostalCode(String shippingAddressPostalCode) {
        this.shippingAddressPostalCode = shippingAddressPostalCode;
    }

    public String getShippingAddressCountryCode() {
        return shippingAddressCountryCode;
    }

    public void setShippingAddressCountryCode(String shippingAddressCountryCode) {
        this.shippingAddressCountryCode = shippingAddressCountryCode;
    }

    public java.time.OffsetDateTime getCreatedAt() {
        return createdAt;
    }

    public void setCreatedAt(java.time.OffsetDateTime createdAt) {
        this.createdAt = createdAt;
    }

    public java.time.OffsetDateTime getUpdatedAt() {
        return updatedAt;
    }

    public void setUpdatedAt(java.time.OffsetDateTime updatedAt) {
        this.updatedAt = updatedAt;
    }

    public User getUser() {
        return user;
    }

    public void setUser(User user) {
        this.user = user;
    }

    public Address getShippingAddress() {
        return shippingAddress;
    }

    public void setShippingAddress(Address shippingAddress) {
        this.shippingAddress = shippingAddress;
    }
}
