CREATE TABLE customer (id serial PRIMARY KEY, email varchar(100) NOT NULL UNIQUE, name text, created timestamp DEFAULT now());
CREATE TABLE product (id serial PRIMARY KEY, sku varchar(20) NOT NULL UNIQUE, price numeric(10,2) NOT NULL CHECK (price > 0));
CREATE TABLE purchase (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customer(id), product_id int REFERENCES product(id), note text);
CREATE INDEX ON purchase (customer_id);
