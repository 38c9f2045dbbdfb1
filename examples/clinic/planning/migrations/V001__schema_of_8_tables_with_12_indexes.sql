-- V001: Schema of 8 tables with 12 indexes
-- Its way back is R001__rollback_schema_of_8_tables_with_12_indexes.sql. Run it with psql -v ON_ERROR_STOP=1
-- -f; it is one transaction.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

-- Records the 2 steps of this document and every later one, with its way back. Run the document in one
-- transaction, so that a record stands only when its step succeeded
CREATE TABLE schema_migrations (
    version text CONSTRAINT pk_schema_migrations PRIMARY KEY,
    description text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_by text NOT NULL DEFAULT session_user,
    execution_ms integer,
    rollback_sql text NOT NULL
);

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

-- Keeps updated_at true whatever the application writes
CREATE FUNCTION touch_updated_at() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

-- People who use the application or are described by it: Patient
CREATE TABLE patients (
    id bigint GENERATED ALWAYS AS IDENTITY,
    medical_record_number varchar(165) NOT NULL,
    medical_record_number_index varchar(64) NOT NULL,
    first_name varchar(100) NOT NULL,
    last_name varchar(100) NOT NULL,
    birth_date date NOT NULL,
    sex varchar(7) NOT NULL,
    phone varchar(32),
    email varchar(254),
    insurance_number varchar(219),
    allergies text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_patients PRIMARY KEY (id),
    CONSTRAINT uq_patients_medical_record_number_index UNIQUE (medical_record_number_index),
    CONSTRAINT ck_patients_medical_record_number_format CHECK (medical_record_number ~ '^v1\.[a-z0-9]{1,16}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$'),
    CONSTRAINT ck_patients_medical_record_number_index_format CHECK (medical_record_number_index ~ '^[0-9a-f]{64}$'),
    CONSTRAINT ck_patients_sex CHECK (sex IN ('female', 'male', 'other', 'unknown')),
    CONSTRAINT ck_patients_email_format CHECK (email ~ '^[^@\s[:upper:]]+@[^@\s[:upper:]]+\.[^@\s[:upper:]]+$'),
    CONSTRAINT ck_patients_insurance_number_format CHECK (insurance_number ~ '^v1\.[a-z0-9]{1,16}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$')
);

COMMENT ON TABLE patients IS 'People who use the application or are described by it: Patient';
COMMENT ON COLUMN patients.medical_record_number IS 'Envelope of AES-256-GCM around a text of at most 20 characters, made and opened by the application. Sensitivity: personal';
COMMENT ON COLUMN patients.medical_record_number_index IS 'HMAC-SHA-256 by which the application finds the text of the envelope. Sensitivity: personal';
COMMENT ON COLUMN patients.first_name IS 'Sensitivity: personal';
COMMENT ON COLUMN patients.last_name IS 'Sensitivity: personal';
COMMENT ON COLUMN patients.birth_date IS 'Sensitivity: personal';
COMMENT ON COLUMN patients.sex IS 'Sensitivity: personal';
COMMENT ON COLUMN patients.phone IS 'Sensitivity: personal';
COMMENT ON COLUMN patients.email IS 'Sensitivity: personal';
COMMENT ON COLUMN patients.insurance_number IS 'Envelope of AES-256-GCM around a text of at most 30 characters, made and opened by the application. Sensitivity: personal';
COMMENT ON COLUMN patients.allergies IS 'Sensitivity: health';

-- search_patients looks for words inside values; each write also updates the words' lists
CREATE INDEX ix_patients_search ON patients USING gin ((to_tsvector('simple', coalesce(last_name, ''))));

CREATE TRIGGER tg_patients_touch BEFORE UPDATE ON patients
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- People who use the application or are described by it: Practitioner
CREATE TABLE practitioners (
    id bigint GENERATED ALWAYS AS IDENTITY,
    license_number varchar(30) NOT NULL,
    first_name varchar(100) NOT NULL,
    last_name varchar(100) NOT NULL,
    specialty varchar(80) NOT NULL,
    email varchar(254) NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_practitioners PRIMARY KEY (id),
    CONSTRAINT uq_practitioners_license_number UNIQUE (license_number),
    CONSTRAINT uq_practitioners_email UNIQUE (email),
    CONSTRAINT ck_practitioners_email_format CHECK (email ~ '^[^@\s[:upper:]]+@[^@\s[:upper:]]+\.[^@\s[:upper:]]+$')
);

COMMENT ON TABLE practitioners IS 'People who use the application or are described by it: Practitioner';
COMMENT ON COLUMN practitioners.first_name IS 'Sensitivity: personal';
COMMENT ON COLUMN practitioners.last_name IS 'Sensitivity: personal';
COMMENT ON COLUMN practitioners.email IS 'Sensitivity: personal';

CREATE TRIGGER tg_practitioners_touch BEFORE UPDATE ON practitioners
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Master data: Room
CREATE TABLE rooms (
    id bigint GENERATED ALWAYS AS IDENTITY,
    name varchar(40) NOT NULL,
    floor integer NOT NULL,
    equipment text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_rooms PRIMARY KEY (id),
    CONSTRAINT uq_rooms_name UNIQUE (name),
    CONSTRAINT ck_rooms_name_not_blank CHECK (btrim(name) <> '')
);

COMMENT ON TABLE rooms IS 'Master data: Room';

CREATE TRIGGER tg_rooms_touch BEFORE UPDATE ON rooms
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Business transactions: Appointment
CREATE TABLE appointments (
    id bigint GENERATED ALWAYS AS IDENTITY,
    patient_id bigint NOT NULL,
    practitioner_id bigint NOT NULL,
    room_id bigint,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    reason text,
    status varchar(10) DEFAULT 'booked' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_appointments PRIMARY KEY (id),
    CONSTRAINT uq_appointments_patient_id_id UNIQUE (patient_id, id),
    CONSTRAINT ck_appointments_status CHECK (status IN ('booked', 'checked in', 'completed', 'cancelled', 'no show')),
    CONSTRAINT ck_appointments_ends_at_starts_at CHECK (ends_at > starts_at),
    CONSTRAINT fk_appointments_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT fk_appointments_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES practitioners (id) ON DELETE RESTRICT,
    CONSTRAINT fk_appointments_room_id FOREIGN KEY(room_id) REFERENCES rooms (id) ON DELETE SET NULL,
    CONSTRAINT ex_appointments_practitioner_id EXCLUDE USING gist (practitioner_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status NOT IN ('cancelled')),
    CONSTRAINT ex_appointments_room_id EXCLUDE USING gist (room_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status NOT IN ('cancelled'))
);

COMMENT ON TABLE appointments IS 'Business transactions: Appointment';
COMMENT ON COLUMN appointments.reason IS 'Sensitivity: health';

-- deleting or joining from patients finds the rows of appointments by it
CREATE INDEX ix_appointments_room_id ON appointments (room_id);

-- list_appointments_by_practitioner_starts_at finds and orders rows by these keys; patient_id, room_id,
-- ends_at, status ride along, so that the page is read from the index alone
CREATE INDEX ix_appointments_practitioner_id_starts_at_id ON appointments (practitioner_id, starts_at, id) INCLUDE (patient_id, room_id, ends_at, status);

-- list_appointments_by_status_starts_at finds and orders rows by these keys; patient_id, practitioner_id,
-- room_id, ends_at ride along, so that the page is read from the index alone
CREATE INDEX ix_appointments_status_starts_at_id ON appointments (status, starts_at, id) INCLUDE (patient_id, practitioner_id, room_id, ends_at);

CREATE TRIGGER tg_appointments_touch BEFORE UPDATE ON appointments
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Business transactions: Encounter
CREATE TABLE encounters (
    id bigint GENERATED ALWAYS AS IDENTITY,
    patient_id bigint NOT NULL,
    practitioner_id bigint NOT NULL,
    appointment_id bigint,
    started_at timestamptz NOT NULL,
    notes text NOT NULL,
    vital_signs jsonb,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_encounters PRIMARY KEY (id),
    CONSTRAINT uq_encounters_patient_id_id UNIQUE (patient_id, id),
    CONSTRAINT fk_encounters_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT fk_encounters_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES practitioners (id) ON DELETE RESTRICT,
    CONSTRAINT fk_encounters_appointment_id FOREIGN KEY(appointment_id, patient_id) REFERENCES appointments (id, patient_id) ON DELETE SET NULL (appointment_id)
);

COMMENT ON TABLE encounters IS 'Business transactions: Encounter';
COMMENT ON COLUMN encounters.notes IS 'Sensitivity: health';
COMMENT ON COLUMN encounters.vital_signs IS 'Sensitivity: health';

-- deleting or joining from patients finds the rows of encounters by it
CREATE INDEX ix_encounters_appointment_id ON encounters (appointment_id);

-- list_encounters_by_practitioner_started_at finds and orders rows by these keys; patient_id, appointment_id
-- ride along, so that the page is read from the index alone
CREATE INDEX ix_encounters_practitioner_id_started_at_id ON encounters (practitioner_id, started_at DESC, id DESC) INCLUDE (patient_id, appointment_id);

CREATE TRIGGER tg_encounters_touch BEFORE UPDATE ON encounters
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Business transactions: Diagnosis
CREATE TABLE diagnoses (
    id bigint GENERATED ALWAYS AS IDENTITY,
    encounter_id bigint NOT NULL,
    icd10_code varchar(8) NOT NULL,
    description text,
    certainty varchar(9) DEFAULT 'suspected' NOT NULL,
    diagnosed_on date NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_diagnoses PRIMARY KEY (id),
    CONSTRAINT ck_diagnoses_certainty CHECK (certainty IN ('suspected', 'confirmed', 'ruled out')),
    CONSTRAINT fk_diagnoses_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id) ON DELETE RESTRICT
);

COMMENT ON TABLE diagnoses IS 'Business transactions: Diagnosis';
COMMENT ON COLUMN diagnoses.icd10_code IS 'Sensitivity: health';
COMMENT ON COLUMN diagnoses.description IS 'Sensitivity: health';

-- list_diagnoses_by_encounter finds and orders rows by these keys
CREATE INDEX ix_diagnoses_encounter_id ON diagnoses (encounter_id);

CREATE TRIGGER tg_diagnoses_touch BEFORE UPDATE ON diagnoses
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Business transactions: Prescription
CREATE TABLE prescriptions (
    id bigint GENERATED ALWAYS AS IDENTITY,
    encounter_id bigint NOT NULL,
    prescriber_id bigint NOT NULL,
    medication varchar(200) NOT NULL,
    dosage varchar(200) NOT NULL,
    days_supply integer NOT NULL,
    prescribed_on date NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_prescriptions PRIMARY KEY (id),
    CONSTRAINT ck_prescriptions_days_supply_range CHECK (days_supply >= 1 AND days_supply <= 365),
    CONSTRAINT fk_prescriptions_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id) ON DELETE RESTRICT,
    CONSTRAINT fk_prescriptions_prescriber_id FOREIGN KEY(prescriber_id) REFERENCES practitioners (id) ON DELETE RESTRICT
);

COMMENT ON TABLE prescriptions IS 'Business transactions: Prescription';
COMMENT ON COLUMN prescriptions.medication IS 'Sensitivity: health';
COMMENT ON COLUMN prescriptions.dosage IS 'Sensitivity: health';

-- list_prescriptions_by_encounter finds and orders rows by these keys
CREATE INDEX ix_prescriptions_encounter_id ON prescriptions (encounter_id);

-- deleting or joining from practitioners finds the rows of prescriptions by it
CREATE INDEX ix_prescriptions_prescriber_id ON prescriptions (prescriber_id);

CREATE TRIGGER tg_prescriptions_touch BEFORE UPDATE ON prescriptions
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Business transactions: Invoice
CREATE TABLE invoices (
    id bigint GENERATED ALWAYS AS IDENTITY,
    patient_id bigint NOT NULL,
    encounter_id bigint,
    invoice_number varchar(20) NOT NULL,
    issued_on date NOT NULL,
    due_on date NOT NULL,
    amount numeric(10,2) NOT NULL,
    status varchar(9) DEFAULT 'draft' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_invoices PRIMARY KEY (id),
    CONSTRAINT uq_invoices_invoice_number UNIQUE (invoice_number),
    CONSTRAINT ck_invoices_status CHECK (status IN ('draft', 'sent', 'paid', 'cancelled')),
    CONSTRAINT ck_invoices_amount_range CHECK (amount >= 0),
    CONSTRAINT ck_invoices_due_on_issued_on CHECK (due_on >= issued_on),
    CONSTRAINT fk_invoices_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT fk_invoices_encounter_id FOREIGN KEY(encounter_id, patient_id) REFERENCES encounters (id, patient_id) ON DELETE SET NULL (encounter_id)
);

COMMENT ON TABLE invoices IS 'Business transactions: Invoice';
COMMENT ON COLUMN invoices.amount IS 'Unit: the one currency of the business';

-- deleting or joining from encounters finds the rows of invoices by it
CREATE INDEX ix_invoices_encounter_id ON invoices (encounter_id);

-- deleting or joining from patients finds the rows of invoices by it
CREATE INDEX ix_invoices_patient_id ON invoices (patient_id);

-- list_invoices_by_status, list_invoices_by_status_due_on find and order rows by these keys; patient_id,
-- invoice_number, issued_on, amount ride along, so that the page is read from the index alone
CREATE INDEX ix_invoices_status_due_on_id ON invoices (status, due_on, id) INCLUDE (patient_id, invoice_number, issued_on, amount);

CREATE TRIGGER tg_invoices_touch BEFORE UPDATE ON invoices
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- status of invoices goes draft → sent, sent → paid, draft → cancelled, sent → cancelled
CREATE FUNCTION keep_invoices_status() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF NEW.status <> OLD.status
        AND (OLD.status, NEW.status) NOT IN (('draft', 'sent'), ('sent', 'paid'), ('draft', 'cancelled'), ('sent', 'cancelled')) THEN
        RAISE EXCEPTION 'status of invoices cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_status';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER keep_invoices_status BEFORE UPDATE OF status ON public.invoices
    FOR EACH ROW EXECUTE FUNCTION keep_invoices_status();

INSERT INTO schema_migrations (version, description, rollback_sql) VALUES (
    'V001',
    'Schema of 8 tables with 12 indexes',
    $rollback$DROP TRIGGER IF EXISTS keep_invoices_status ON public.invoices;
DROP FUNCTION IF EXISTS keep_invoices_status();
DROP TABLE IF EXISTS invoices;
DROP TABLE IF EXISTS prescriptions;
DROP TABLE IF EXISTS diagnoses;
DROP TABLE IF EXISTS encounters;
DROP TABLE IF EXISTS appointments;
DROP TABLE IF EXISTS rooms;
DROP TABLE IF EXISTS practitioners;
DROP TABLE IF EXISTS patients;
DROP FUNCTION IF EXISTS touch_updated_at();
DROP EXTENSION IF EXISTS pg_stat_statements;
DROP EXTENSION IF EXISTS btree_gist;
$rollback$
);

COMMIT;
