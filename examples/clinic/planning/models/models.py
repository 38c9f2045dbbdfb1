"""SQLAlchemy models of Riverside Clinic: appointments and records, made from its persistence.md."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, DateTime, ForeignKeyConstraint, Identity, Index, Integer, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """What all tables share."""


class Patient(Base):
    __tablename__ = 'patients'
    __table_args__ = (
        UniqueConstraint('medical_record_number_index', name='uq_patients_medical_record_number_index'),
        CheckConstraint("medical_record_number ~ '^v1\\.[a-z0-9]{1,16}\\.[A-Za-z0-9_-]{16}\\.[A-Za-z0-9_-]{22,}$'", name='ck_patients_medical_record_number_format'),
        CheckConstraint("medical_record_number_index ~ '^[0-9a-f]{64}$'", name='ck_patients_medical_record_number_index_format'),
        CheckConstraint("sex IN ('female', 'male', 'other', 'unknown')", name='ck_patients_sex'),
        CheckConstraint("email ~ '^[^@\\s[\\:upper\\:]]+@[^@\\s[\\:upper\\:]]+\\.[^@\\s[\\:upper\\:]]+$'", name='ck_patients_email_format'),
        CheckConstraint("insurance_number ~ '^v1\\.[a-z0-9]{1,16}\\.[A-Za-z0-9_-]{16}\\.[A-Za-z0-9_-]{22,}$'", name='ck_patients_insurance_number_format'),
        Index('ix_patients_search', text("(to_tsvector('simple', coalesce(last_name, '')))"), postgresql_using='gin'),
        {'comment': 'People who use the application or are described by it: Patient'},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    medical_record_number: Mapped[str] = mapped_column(String(165), comment='Envelope of AES-256-GCM around a text of at most 20 characters, made and opened by the application. Sensitivity: personal')
    medical_record_number_index: Mapped[str] = mapped_column(String(64), comment='HMAC-SHA-256 by which the application finds the text of the envelope. Sensitivity: personal')
    first_name: Mapped[str] = mapped_column(String(100), comment='Sensitivity: personal')
    last_name: Mapped[str] = mapped_column(String(100), comment='Sensitivity: personal')
    birth_date: Mapped[dt.date] = mapped_column(Date, comment='Sensitivity: personal')
    sex: Mapped[str] = mapped_column(String(7), comment='Sensitivity: personal')
    phone: Mapped[str | None] = mapped_column(String(32), comment='Sensitivity: personal')
    email: Mapped[str | None] = mapped_column(String(254), comment='Sensitivity: personal')
    insurance_number: Mapped[str | None] = mapped_column(String(219), comment='Envelope of AES-256-GCM around a text of at most 30 characters, made and opened by the application. Sensitivity: personal')
    allergies: Mapped[str | None] = mapped_column(Text, comment='Sensitivity: health')
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))

    appointments: Mapped[list["Appointment"]] = relationship(foreign_keys="[Appointment.patient_id]", back_populates="patient")
    encounters: Mapped[list["Encounter"]] = relationship(foreign_keys="[Encounter.patient_id]", back_populates="patient")
    invoices: Mapped[list["Invoice"]] = relationship(foreign_keys="[Invoice.patient_id]", back_populates="patient")


class Practitioner(Base):
    __tablename__ = 'practitioners'
    __table_args__ = (
        UniqueConstraint('license_number', name='uq_practitioners_license_number'),
        UniqueConstraint('email', name='uq_practitioners_email'),
        CheckConstraint("email ~ '^[^@\\s[\\:upper\\:]]+@[^@\\s[\\:upper\\:]]+\\.[^@\\s[\\:upper\\:]]+$'", name='ck_practitioners_email_format'),
        {'comment': 'People who use the application or are described by it: Practitioner'},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    license_number: Mapped[str] = mapped_column(String(30))
    first_name: Mapped[str] = mapped_column(String(100), comment='Sensitivity: personal')
    last_name: Mapped[str] = mapped_column(String(100), comment='Sensitivity: personal')
    specialty: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254), comment='Sensitivity: personal')
    active: Mapped[bool] = mapped_column(Boolean, server_default=text('true'))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))

    appointments: Mapped[list["Appointment"]] = relationship(foreign_keys="[Appointment.practitioner_id]", back_populates="practitioner")
    encounters: Mapped[list["Encounter"]] = relationship(foreign_keys="[Encounter.practitioner_id]", back_populates="practitioner")
    prescriptions: Mapped[list["Prescription"]] = relationship(foreign_keys="[Prescription.prescriber_id]", back_populates="prescriber")


class Room(Base):
    __tablename__ = 'rooms'
    __table_args__ = (
        UniqueConstraint('name', name='uq_rooms_name'),
        CheckConstraint("btrim(name) <> ''", name='ck_rooms_name_not_blank'),
        {'comment': 'Master data: Room'},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    floor: Mapped[int] = mapped_column(Integer)
    equipment: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))

    appointments: Mapped[list["Appointment"]] = relationship(foreign_keys="[Appointment.room_id]", back_populates="room", passive_deletes=True)


class Appointment(Base):
    __tablename__ = 'appointments'
    __table_args__ = (
        UniqueConstraint('patient_id', 'id', name='uq_appointments_patient_id_id'),
        CheckConstraint("status IN ('booked', 'checked in', 'completed', 'cancelled', 'no show')", name='ck_appointments_status'),
        CheckConstraint('ends_at > starts_at', name='ck_appointments_ends_at_starts_at'),
        ForeignKeyConstraint(['patient_id'], ['patients.id'], name='fk_appointments_patient_id', ondelete='RESTRICT'),
        ForeignKeyConstraint(['practitioner_id'], ['practitioners.id'], name='fk_appointments_practitioner_id', ondelete='RESTRICT'),
        ForeignKeyConstraint(['room_id'], ['rooms.id'], name='fk_appointments_room_id', ondelete='SET NULL'),
        ExcludeConstraint(('practitioner_id', '='), (text('tstzrange(starts_at, ends_at)'), '&&'), name='ex_appointments_practitioner_id', using='gist', where=text("status NOT IN ('cancelled')")),
        ExcludeConstraint(('room_id', '='), (text('tstzrange(starts_at, ends_at)'), '&&'), name='ex_appointments_room_id', using='gist', where=text("status NOT IN ('cancelled')")),
        Index('ix_appointments_room_id', 'room_id'),
        Index('ix_appointments_practitioner_id_starts_at_id', 'practitioner_id', 'starts_at', 'id', postgresql_include=['patient_id', 'room_id', 'ends_at', 'status']),
        Index('ix_appointments_status_starts_at_id', 'status', 'starts_at', 'id', postgresql_include=['patient_id', 'practitioner_id', 'room_id', 'ends_at']),
        {'comment': 'Business transactions: Appointment'},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigInteger)
    practitioner_id: Mapped[int] = mapped_column(BigInteger)
    room_id: Mapped[int | None] = mapped_column(BigInteger)
    starts_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str | None] = mapped_column(Text, comment='Sensitivity: health')
    status: Mapped[str] = mapped_column(String(10), server_default=text("'booked'"))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))

    patient: Mapped["Patient"] = relationship(foreign_keys=[patient_id], back_populates="appointments")
    practitioner: Mapped["Practitioner"] = relationship(foreign_keys=[practitioner_id], back_populates="appointments")
    room: Mapped["Room | None"] = relationship(foreign_keys=[room_id], back_populates="appointments")
    encounters: Mapped[list["Encounter"]] = relationship(foreign_keys="[Encounter.appointment_id]", back_populates="appointment", passive_deletes=True)


class Encounter(Base):
    __tablename__ = 'encounters'
    __table_args__ = (
        UniqueConstraint('patient_id', 'id', name='uq_encounters_patient_id_id'),
        ForeignKeyConstraint(['patient_id'], ['patients.id'], name='fk_encounters_patient_id', ondelete='RESTRICT'),
        ForeignKeyConstraint(['practitioner_id'], ['practitioners.id'], name='fk_encounters_practitioner_id', ondelete='RESTRICT'),
        ForeignKeyConstraint(['appointment_id', 'patient_id'], ['appointments.id', 'appointments.patient_id'], name='fk_encounters_appointment_id', ondelete='SET NULL (appointment_id)'),
        Index('ix_encounters_appointment_id', 'appointment_id'),
        Index('ix_encounters_practitioner_id_started_at_id', 'practitioner_id', text('started_at DESC'), text('id DESC'), postgresql_include=['patient_id', 'appointment_id']),
        {'comment': 'Business transactions: Encounter'},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigInteger)
    practitioner_id: Mapped[int] = mapped_column(BigInteger)
    appointment_id: Mapped[int | None] = mapped_column(BigInteger)
    started_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    notes: Mapped[str] = mapped_column(Text, comment='Sensitivity: health')
    vital_signs: Mapped[Any | None] = mapped_column(JSONB, comment='Sensitivity: health')
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))

    patient: Mapped["Patient"] = relationship(foreign_keys=[patient_id], back_populates="encounters")
    practitioner: Mapped["Practitioner"] = relationship(foreign_keys=[practitioner_id], back_populates="encounters")
    appointment: Mapped["Appointment | None"] = relationship(foreign_keys=[appointment_id], back_populates="encounters")
    diagnoses: Mapped[list["Diagnosis"]] = relationship(foreign_keys="[Diagnosis.encounter_id]", back_populates="encounter")
    prescriptions: Mapped[list["Prescription"]] = relationship(foreign_keys="[Prescription.encounter_id]", back_populates="encounter")
    invoices: Mapped[list["Invoice"]] = relationship(foreign_keys="[Invoice.encounter_id]", back_populates="encounter", passive_deletes=True)


class Diagnosis(Base):
    __tablename__ = 'diagnoses'
    __table_args__ = (
        CheckConstraint("certainty IN ('suspected', 'confirmed', 'ruled out')", name='ck_diagnoses_certainty'),
        ForeignKeyConstraint(['encounter_id'], ['encounters.id'], name='fk_diagnoses_encounter_id', ondelete='RESTRICT'),
        Index('ix_diagnoses_encounter_id', 'encounter_id'),
        {'comment': 'Business transactions: Diagnosis'},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    encounter_id: Mapped[int] = mapped_column(BigInteger)
    icd10_code: Mapped[str] = mapped_column(String(8), comment='Sensitivity: health')
    description: Mapped[str | None] = mapped_column(Text, comment='Sensitivity: health')
    certainty: Mapped[str] = mapped_column(String(9), server_default=text("'suspected'"))
    diagnosed_on: Mapped[dt.date] = mapped_column(Date)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))

    encounter: Mapped["Encounter"] = relationship(foreign_keys=[encounter_id], back_populates="diagnoses")


class Prescription(Base):
    __tablename__ = 'prescriptions'
    __table_args__ = (
        CheckConstraint('days_supply >= 1 AND days_supply <= 365', name='ck_prescriptions_days_supply_range'),
        ForeignKeyConstraint(['encounter_id'], ['encounters.id'], name='fk_prescriptions_encounter_id', ondelete='RESTRICT'),
        ForeignKeyConstraint(['prescriber_id'], ['practitioners.id'], name='fk_prescriptions_prescriber_id', ondelete='RESTRICT'),
        Index('ix_prescriptions_encounter_id', 'encounter_id'),
        Index('ix_prescriptions_prescriber_id', 'prescriber_id'),
        {'comment': 'Business transactions: Prescription'},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    encounter_id: Mapped[int] = mapped_column(BigInteger)
    prescriber_id: Mapped[int] = mapped_column(BigInteger)
    medication: Mapped[str] = mapped_column(String(200), comment='Sensitivity: health')
    dosage: Mapped[str] = mapped_column(String(200), comment='Sensitivity: health')
    days_supply: Mapped[int] = mapped_column(Integer)
    prescribed_on: Mapped[dt.date] = mapped_column(Date)
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))

    encounter: Mapped["Encounter"] = relationship(foreign_keys=[encounter_id], back_populates="prescriptions")
    prescriber: Mapped["Practitioner"] = relationship(foreign_keys=[prescriber_id], back_populates="prescriptions")


class Invoice(Base):
    __tablename__ = 'invoices'
    __table_args__ = (
        UniqueConstraint('invoice_number', name='uq_invoices_invoice_number'),
        CheckConstraint("status IN ('draft', 'sent', 'paid', 'cancelled')", name='ck_invoices_status'),
        CheckConstraint('amount >= 0', name='ck_invoices_amount_range'),
        CheckConstraint('due_on >= issued_on', name='ck_invoices_due_on_issued_on'),
        ForeignKeyConstraint(['patient_id'], ['patients.id'], name='fk_invoices_patient_id', ondelete='RESTRICT'),
        ForeignKeyConstraint(['encounter_id', 'patient_id'], ['encounters.id', 'encounters.patient_id'], name='fk_invoices_encounter_id', ondelete='SET NULL (encounter_id)'),
        Index('ix_invoices_encounter_id', 'encounter_id'),
        Index('ix_invoices_patient_id', 'patient_id'),
        Index('ix_invoices_status_due_on_id', 'status', 'due_on', 'id', postgresql_include=['patient_id', 'invoice_number', 'issued_on', 'amount']),
        {'comment': 'Business transactions: Invoice'},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigInteger)
    encounter_id: Mapped[int | None] = mapped_column(BigInteger)
    invoice_number: Mapped[str] = mapped_column(String(20))
    issued_on: Mapped[dt.date] = mapped_column(Date)
    due_on: Mapped[dt.date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(Numeric(10,2), comment='Unit: the one currency of the business')
    status: Mapped[str] = mapped_column(String(9), server_default=text("'draft'"))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text('now()'))

    patient: Mapped["Patient"] = relationship(foreign_keys=[patient_id], back_populates="invoices")
    encounter: Mapped["Encounter | None"] = relationship(foreign_keys=[encounter_id], back_populates="invoices")
