"""One small shop in every form that a brief may have."""

SQL = """# Shop

```sql
CREATE TABLE customers (
  id BIGSERIAL PRIMARY KEY,
  email VARCHAR(200) NOT NULL UNIQUE,
  name VARCHAR(200) NOT NULL,
  phone VARCHAR(30)
);
CREATE TABLE products (
  id BIGSERIAL PRIMARY KEY,
  sku VARCHAR(40) NOT NULL UNIQUE,
  name VARCHAR(200) NOT NULL,
  price DECIMAL(10, 2) NOT NULL,
  description TEXT
);
CREATE TABLE orders (
  id BIGSERIAL PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customers (id),
  status VARCHAR(20) NOT NULL CHECK (status IN ('pending', 'paid', 'shipped')),
  placed_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE order_items (
  order_id BIGINT NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
  product_id BIGINT NOT NULL REFERENCES products (id),
  quantity INTEGER NOT NULL,
  PRIMARY KEY (order_id, product_id)
);
```
"""

PLAIN_SQL = SQL.replace("```sql\n", "").replace("```\n", "")

MYSQL = """# Shop

```mysql
CREATE TABLE `customers` (
  `id` int(11) unsigned NOT NULL AUTO_INCREMENT,
  `email` varchar(200) NOT NULL,
  `name` varchar(200) NOT NULL,
  `phone` varchar(30) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `ux` (`email`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE `products` (
  `id` int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `sku` varchar(40) NOT NULL UNIQUE,
  `name` varchar(200) NOT NULL,
  `price` decimal(10,2) NOT NULL,
  `description` text
) ENGINE=InnoDB;
CREATE TABLE `orders` (
  `id` int NOT NULL AUTO_INCREMENT,
  `customer_id` int unsigned NOT NULL,
  `status` enum('pending','paid','shipped') NOT NULL,
  `placed_at` datetime NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix` (`customer_id`),
  CONSTRAINT `fk` FOREIGN KEY (`customer_id`) REFERENCES `customers` (`id`)
);
CREATE TABLE `order_items` (
  `order_id` int NOT NULL,
  `product_id` int NOT NULL,
  `quantity` int NOT NULL,
  PRIMARY KEY (`order_id`,`product_id`),
  CONSTRAINT `fk2` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`) ON DELETE CASCADE,
  CONSTRAINT `fk3` FOREIGN KEY (`product_id`) REFERENCES `products` (`id`)
);
```
"""

TSQL = """# Shop

CREATE TABLE [dbo].[Customers] (
  [Id] INT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  [Email] NVARCHAR(200) NOT NULL UNIQUE,
  [Name] NVARCHAR(200) NOT NULL,
  [Phone] NVARCHAR(30) NULL
);
GO
CREATE TABLE [dbo].[Products] (
  [Id] INT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  [Sku] NVARCHAR(40) NOT NULL UNIQUE,
  [Name] NVARCHAR(200) NOT NULL,
  [Price] DECIMAL(10,2) NOT NULL,
  [Description] NVARCHAR(MAX) NULL
);
GO
CREATE TABLE [dbo].[Orders] (
  [Id] INT IDENTITY(1,1) NOT NULL PRIMARY KEY,
  [CustomerId] INT NOT NULL FOREIGN KEY REFERENCES [dbo].[Customers] ([Id]),
  [Status] NVARCHAR(20) NOT NULL CHECK ([Status] IN ('pending', 'paid', 'shipped')),
  [PlacedAt] DATETIME2 NOT NULL
);
GO
CREATE TABLE [dbo].[OrderItems] (
  [OrderId] INT NOT NULL REFERENCES [dbo].[Orders] ([Id]) ON DELETE CASCADE,
  [ProductId] INT NOT NULL REFERENCES [dbo].[Products] ([Id]),
  [Quantity] INT NOT NULL,
  CONSTRAINT [PK_OrderItems] PRIMARY KEY CLUSTERED ([OrderId], [ProductId])
);
"""

DUMP = """# Shop

```sql
SET statement_timeout = 0;
CREATE TYPE public.order_status AS ENUM ('pending', 'paid', 'shipped');
CREATE TABLE public.customers (
    id bigint NOT NULL,
    email character varying(200) NOT NULL,
    name character varying(200) NOT NULL,
    phone character varying(30)
);
CREATE TABLE public.products (
    id bigint NOT NULL,
    sku character varying(40) NOT NULL,
    name character varying(200) NOT NULL,
    price numeric(10,2) NOT NULL,
    description text
);
CREATE TABLE public.orders (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    status public.order_status NOT NULL,
    placed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.order_items (
    order_id bigint NOT NULL,
    product_id bigint NOT NULL,
    quantity integer NOT NULL
);
ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.customers ADD CONSTRAINT customers_email_key UNIQUE (email);
ALTER TABLE ONLY public.products ADD CONSTRAINT products_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX products_sku ON public.products USING btree (sku);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.order_items ADD CONSTRAINT items_pkey PRIMARY KEY (order_id, product_id);
ALTER TABLE ONLY public.orders
    ADD CONSTRAINT fk1 FOREIGN KEY (customer_id) REFERENCES public.customers(id);
ALTER TABLE ONLY public.order_items
    ADD CONSTRAINT fk2 FOREIGN KEY (order_id) REFERENCES public.orders(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.order_items
    ADD CONSTRAINT fk3 FOREIGN KEY (product_id) REFERENCES public.products(id);
```
"""

DBML = """# Shop

```dbml
Enum order_status {
  pending
  paid [note: 'money is here']
  shipped
}
Table customers {
  id int [pk, increment]
  email varchar(200) [not null, unique]
  name varchar(200) [not null]
  phone varchar(30)
}
Table products {
  id int [pk]
  sku varchar(40) [not null, unique]
  name varchar(200) [not null]
  price decimal(10,2) [not null]
  description text
}
Table orders {
  id int [pk]
  customer_id int [not null, ref: > customers.id]
  status order_status [not null]
  placed_at timestamp [not null]
}
Table order_items as OI {
  order_id int [not null]
  product_id int [not null]
  quantity int [not null]
  indexes {
    (order_id, product_id) [pk]
  }
}
Ref: OI.order_id > orders.id [delete: cascade]
Ref { products.id < OI.product_id }
```
"""

MERMAID = """# Shop

erDiagram
    CUSTOMER ||--o{ ORDER : places
    ORDER ||--|{ OI : contains
    p ||--o{ OI : "is in"
    CUSTOMER {
        int id PK
        string email UK
        string name
        string phone "optional"
    }
    p["Product"] {
        int id PK
        string sku UK "stock keeping unit"
        string name
        decimal(10,2) price
        text description "optional"
    }
    ORDER {
        int id PK
        int customer_id FK
        string status "pending | paid | shipped"
        timestamp placed_at
    }
    OI["Order Item"] {
        int order_id PK, FK
        int product_id PK, FK
        int quantity
    }
"""

LISTS = """# Shop

### Customer
- email: string(200), unique
- name: string(200)
- phone: string(30), optional

### Product
- sku: string(40), unique
- name: string(200)
- price: decimal(10,2)
- description: text, optional

### Order
- customer_id (references Customer)
- status: pending | paid | shipped
- placed_at: timestamp

### Order Item
- order_id (references Order)
- product_id (references Product)
- quantity: integer
"""

NESTED = """# Shop

## Entities

• Customer
  • email: string(200), unique
  • name: string(200)
  • phone: string(30), optional
• Product
  • sku: string(40), unique
  • name: string(200)
  • price: decimal(10,2)
  • description: text, optional
• Order
  • customer_id (references Customer)
  • status: pending | paid | shipped
  • placed_at: timestamp
• Order Item
  • order_id (references Order)
  • product_id (references Product)
  • quantity: integer
"""

TABLES = """# Shop

## Customer

| Field | Type | Required | Unique | Description |
|---|---|---|---|---|
| id | bigint | yes | | PK |
| email | varchar(200) | yes | yes | where mails go |
| name | varchar(200) | yes | no | |
| phone | varchar(30) | no | | |

## Product

| Spalte | Typ | Pflicht | Eindeutig |
|---|---|---|---|
| sku | varchar(40) | ja | ja |
| name | varchar(200) | ja | nein |
| price | decimal(10,2) | ja | |
| description | text | nein | |

## Order

| Column | Data type | Null? | Key | Allowed values |
|---|---|---|---|---|
| id | int | no | PK | |
| customer_id | int | no | FK → Customer.id | |
| status | varchar(20) | no | | pending, paid, shipped |
| placed_at | timestamp | no | | |

The order items table:

| Property | Type | Nullable | References |
|---|---|---|---|
| order_id | int | no | Order |
| product_id | int | no | Product |
| quantity | int | no | |
"""

ONE_TABLE = """# Shop

| Entity | Attribute | Type | Mandatory | Constraints |
|---|---|---|---|---|
| Customer | email | string(200) | x | unique |
| | name | string(200) | x | |
| | phone | string(30) | | |
| Product | sku | string(40) | x | unique |
| Product | name | string(200) | x | |
| Product | price | decimal(10,2) | x | |
| Product | description | text | | |
| Order | customer_id | int | x | FK Customer |
| Order | status | enum(pending, paid, shipped) | x | |
| Order | placed_at | datetime | x | |
| Order Item | order_id | int | x | FK Order |
| Order Item | product_id | int | x | FK Product |
| Order Item | quantity | int | x | |
"""

DEFINITIONS = """# Shop

**Customer** – email (unique), name, phone (optional)
**Product** – sku (unique), name, price, description (optional)
**Order** – customer_id (references Customer), status (pending|paid|shipped), placed_at
**Order Item** – order_id (references Order), product_id (references Product), quantity
"""

CALLS = """# Shop

```
Customer(id, email unique, name, phone optional)
Product(id, sku unique, name, price, description optional)
Order(id, customer_id -> Customer, status: pending | paid | shipped, placed_at: timestamp)
OrderItem(order_id -> Order, product_id -> Product, quantity)
```
"""

TYPESCRIPT = """# Shop

```typescript
export interface Customer {
  id: number;
  email: string; // unique
  name: string;
  phone?: string;
  orders: Order[];
}

export interface Product { id: number; sku: string; name: string; price: number; description: string | null; }

export interface Order {
  id: number;
  customer_id: Customer;
  status: 'pending' | 'paid' | 'shipped';
  placed_at: Date;
  items: OrderItem[];
}

export interface OrderItem {
  order_id: Order;
  product_id: Product;
  quantity: number;
}
```
"""

PSEUDO = """# Shop

enum OrderStatus { pending, paid, shipped }

class Customer {
  id: int
  email: string
  name: string
  phone: string?
}

class Product {
  id: int
  sku: string
  name: string
  price: Decimal
  description: text?
}

class Order {
  id: int
  customer_id: Customer
  status: OrderStatus
  placed_at: DateTime
}

class OrderItem {
  order_id: Order
  product_id: Product
  quantity: int
}
"""

PYTHON = """# Shop

```python
from dataclasses import dataclass

class OrderStatus(Enum):
    PENDING = "pending"
    PAID = "paid"
    SHIPPED = "shipped"

@dataclass
class Customer:
    id: int
    email: str
    name: str
    phone: str | None = None

@dataclass
class Product:
    id: int
    sku: str
    name: str
    price: Decimal
    description: Optional[str] = None

@dataclass
class Order:
    id: int
    customer_id: Customer
    status: OrderStatus
    placed_at: datetime

@dataclass
class OrderItem:
    order_id: Order
    product_id: Product
    quantity: int
```
"""

YAML = """# Shop

```yaml
Customer:
  id: int
  email: string(200), unique
  name: string(200)
  phone: string(30), optional
Product:
  sku: string(40), unique
  name: string(200)
  price: decimal(10,2)
  description: text?
Order:
  customer_id: references Customer
  status: enum(pending, paid, shipped)
  placed_at: timestamp
OrderItem:
  order_id: references Order
  product_id: references Product
  quantity: int
```
"""

JSON = """# Shop

```json
{
  "customers": [
    {"id": 1, "email": "a@example.org", "name": "A", "phone": "+49 1"},
    {"id": 2, "email": "b@example.org", "name": "B"}
  ],
  "products": [
    {"id": 1, "sku": "L-1", "name": "Lamp", "price": 19.9, "description": "bright"},
    {"id": 2, "sku": "L-2", "name": "Bulb", "price": 5, "description": null}
  ],
  "orders": [
    {
      "id": 7,
      "customer": {"id": 1, "email": "a@example.org", "name": "A"},
      "status": "paid",
      "placed_at": "2026-01-05T10:00:00Z",
      "items": [{"product": {"id": 1, "sku": "L-1", "name": "Lamp", "price": 19.9}, "quantity": 2}]
    }
  ]
}
```
"""

FORMS = {
    "sql": SQL, "plain sql": PLAIN_SQL, "mysql": MYSQL, "tsql": TSQL, "dump": DUMP, "dbml": DBML, "mermaid": MERMAID,
    "lists": LISTS, "nested bullets": NESTED, "tables": TABLES, "one table": ONE_TABLE, "definitions": DEFINITIONS,
    "calls": CALLS, "typescript": TYPESCRIPT, "pseudo code": PSEUDO, "python": PYTHON, "yaml": YAML, "json": JSON,
}  # fmt: skip
WITHOUT_UNIQUE = {"typescript", "pseudo code", "python", "json"}
WITHOUT_VALUES = {"json"}
WITH_KEY = {"sql", "plain sql", "mysql", "tsql", "dump", "dbml", "mermaid"}
