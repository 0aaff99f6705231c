/** As it grew since 2009: short upper-case names, one-letter codes, amounts in cents as strings. */
export const tablesSql = `
CREATE SCHEMA legacy;

CREATE TABLE legacy.CATEGORY (
  CAT_CD    varchar(10) PRIMARY KEY,
  CAT_NM    varchar(80) NOT NULL,
  PARENT_CD varchar(10)
);

CREATE SEQUENCE legacy.prod_no_seq AS integer;
CREATE TABLE legacy.PRODUCT (
  PROD_NO   integer PRIMARY KEY DEFAULT nextval('legacy.prod_no_seq'),
  SKU       varchar(40) NOT NULL,
  PROD_NM   varchar(200) NOT NULL,
  DESCR     text,
  CAT_CD    varchar(10) NOT NULL,
  PRICE_CTS varchar(12) NOT NULL,
  CURR      char(3) NOT NULL DEFAULT 'EUR',
  STOCK_QTY integer NOT NULL DEFAULT 0,
  WGT_G     integer,
  STAT      char(1) NOT NULL DEFAULT 'A' CHECK (STAT IN ('A', 'D')),
  -- Milliseconds, which is what a JSON client gets to see and sends back in a cursor.
  CRT_TS    timestamptz(3) NOT NULL DEFAULT now(),
  UPD_TS    timestamptz(3) NOT NULL DEFAULT now()
);

CREATE SEQUENCE legacy.cust_no_seq AS integer;
CREATE TABLE legacy.CUSTOMER (
  CUST_NO    integer PRIMARY KEY DEFAULT nextval('legacy.cust_no_seq'),
  CUST_TYP   char(1) NOT NULL CHECK (CUST_TYP IN ('P', 'B')),
  FIRST_NM   varchar(80) NOT NULL,
  LAST_NM    varchar(80) NOT NULL,
  COMPANY_NM varchar(120),
  EMAIL      varchar(160) NOT NULL,
  PHONE      varchar(40),
  STREET     varchar(120) NOT NULL,
  ZIP        varchar(12) NOT NULL,
  CITY       varchar(80) NOT NULL,
  CTRY       char(2) NOT NULL,
  NEWSL      char(1) NOT NULL CHECK (NEWSL IN ('Y', 'N')),
  CRT_TS     timestamptz(3) NOT NULL DEFAULT now(),
  UPD_TS     timestamptz(3) NOT NULL DEFAULT now()
);

CREATE SEQUENCE legacy.ord_no_seq AS integer;
CREATE TABLE legacy.ORDERS (
  ORD_NO    integer PRIMARY KEY DEFAULT nextval('legacy.ord_no_seq'),
  CUST_NO   integer NOT NULL,
  ORD_TS    timestamptz(3) NOT NULL DEFAULT now(),
  -- New, paid, shipped, returned, cancelled.
  ORD_STAT  char(1) NOT NULL CHECK (ORD_STAT IN ('N', 'P', 'S', 'R', 'C')),
  TOT_CTS   varchar(15) NOT NULL,
  SHIP_CTS  varchar(15) NOT NULL,
  CURR      char(3) NOT NULL DEFAULT 'EUR',
  REMARK    text,
  CANC_REAS text
);

CREATE TABLE legacy.ORDER_LINE (
  ORD_NO   integer NOT NULL,
  LINE_NO  integer NOT NULL,
  PROD_NO  integer NOT NULL,
  QTY      integer NOT NULL,
  UNIT_CTS varchar(15) NOT NULL,
  LINE_CTS varchar(15) NOT NULL,
  PRIMARY KEY (ORD_NO, LINE_NO)
);

CREATE SEQUENCE legacy.pay_no_seq AS integer;
CREATE TABLE legacy.PAYMENT (
  PAY_NO   integer PRIMARY KEY DEFAULT nextval('legacy.pay_no_seq'),
  ORD_NO   integer NOT NULL,
  -- Credit card, bank transfer, PayPal.
  PAY_TYP  char(2) NOT NULL CHECK (PAY_TYP IN ('CC', 'BT', 'PP')),
  -- Authorised, captured, failed, refunded.
  PAY_STAT char(1) NOT NULL CHECK (PAY_STAT IN ('A', 'C', 'F', 'R')),
  AMT_CTS  varchar(15) NOT NULL,
  CAPT_CTS varchar(15) NOT NULL DEFAULT '0',
  REFD_CTS varchar(15) NOT NULL DEFAULT '0',
  CURR     char(3) NOT NULL DEFAULT 'EUR',
  -- One more with every change.
  VERS     integer NOT NULL DEFAULT 1,
  PSP_REF  varchar(60),
  PAY_TS   timestamptz(3) NOT NULL DEFAULT now()
);
-- Since clients send keys: what each did, the amounts after it, and its answer.
CREATE TABLE legacy.PAY_LOG (
  IDEM_KEY varchar(64) PRIMARY KEY,
  PAY_NO   integer NOT NULL,
  VERS     integer NOT NULL,
  PAY_ACT  char(1) NOT NULL CHECK (PAY_ACT IN ('A', 'C', 'R')),
  AMT_CTS  varchar(15) NOT NULL,
  CAPT_CTS varchar(15) NOT NULL,
  REFD_CTS varchar(15) NOT NULL,
  REQ_HASH char(64) NOT NULL,
  ANS_STAT integer NOT NULL,
  ANS_TXT  text NOT NULL,
  LOG_TS   timestamptz(3) NOT NULL DEFAULT now()
);

CREATE SEQUENCE legacy.inv_no_seq AS integer;
CREATE TABLE legacy.INVOICE (
  INV_NO    integer PRIMARY KEY DEFAULT nextval('legacy.inv_no_seq'),
  ORD_NO    integer NOT NULL,
  CUST_NO   integer NOT NULL,
  INV_DT    date NOT NULL DEFAULT current_date,
  DUE_DT    date NOT NULL DEFAULT current_date + 14,
  -- Open, paid.
  INV_STAT  char(1) NOT NULL CHECK (INV_STAT IN ('O', 'P')),
  NET_CTS   varchar(15) NOT NULL,
  VAT_CTS   varchar(15) NOT NULL,
  GROSS_CTS varchar(15) NOT NULL,
  CURR      char(3) NOT NULL DEFAULT 'EUR'
);

CREATE TABLE legacy.DOCUMENT (
  DOC_NM varchar(200) PRIMARY KEY,
  MIME   varchar(120) NOT NULL,
  SIZE   integer NOT NULL,
  SHA256 char(64) NOT NULL,
  CONT   bytea NOT NULL,
  UPD_TS timestamptz(3) NOT NULL DEFAULT now()
);
-- Uncompressed, so that a range is read without its beginning.
ALTER TABLE legacy.DOCUMENT ALTER CONT SET STORAGE EXTERNAL;

CREATE TABLE legacy.APP_USER (
  USER_ID varchar(40) PRIMARY KEY,
  USER_NM varchar(80) NOT NULL,
  PW_SALT varchar(32) NOT NULL,
  PW_HASH varchar(128) NOT NULL
);

CREATE TABLE legacy.SEED (VERSION integer NOT NULL);
`;

/** After the rows: checking and sorting all of them at once is several times faster than one by one. */
export const indexesAndKeysSql = `
CREATE UNIQUE INDEX PRODUCT_SKU ON legacy.PRODUCT (SKU);
CREATE INDEX PRODUCT_CAT ON legacy.PRODUCT (CAT_CD);
CREATE INDEX PRODUCT_UPD ON legacy.PRODUCT (UPD_TS);
CREATE INDEX PRODUCT_CRT ON legacy.PRODUCT (CRT_TS, PROD_NO);
CREATE INDEX PRODUCT_NM ON legacy.PRODUCT (PROD_NM COLLATE "C", PROD_NO);
CREATE INDEX PRODUCT_PRICE ON legacy.PRODUCT ((PRICE_CTS::bigint), PROD_NO);
CREATE INDEX CUSTOMER_NM ON legacy.CUSTOMER (lower(LAST_NM) text_pattern_ops, CUST_NO);
CREATE INDEX ORDERS_CUST ON legacy.ORDERS (CUST_NO, ORD_NO);
CREATE INDEX ORDERS_STAT ON legacy.ORDERS (ORD_STAT, ORD_NO);
CREATE INDEX ORDER_LINE_PROD ON legacy.ORDER_LINE (PROD_NO);
CREATE INDEX PAYMENT_ORD ON legacy.PAYMENT (ORD_NO, PAY_NO);
CREATE UNIQUE INDEX PAY_LOG_PAY ON legacy.PAY_LOG (PAY_NO, VERS);
CREATE INDEX PAYMENT_STAT ON legacy.PAYMENT (PAY_STAT, PAY_NO);
CREATE UNIQUE INDEX INVOICE_ORD ON legacy.INVOICE (ORD_NO);
CREATE INDEX INVOICE_CUST ON legacy.INVOICE (CUST_NO, INV_NO);
CREATE INDEX INVOICE_STAT ON legacy.INVOICE (INV_STAT, INV_NO);

ALTER TABLE legacy.CATEGORY ADD FOREIGN KEY (PARENT_CD) REFERENCES legacy.CATEGORY;
ALTER TABLE legacy.PRODUCT ADD FOREIGN KEY (CAT_CD) REFERENCES legacy.CATEGORY;
ALTER TABLE legacy.ORDERS ADD FOREIGN KEY (CUST_NO) REFERENCES legacy.CUSTOMER;
ALTER TABLE legacy.ORDER_LINE ADD FOREIGN KEY (ORD_NO) REFERENCES legacy.ORDERS;
ALTER TABLE legacy.ORDER_LINE ADD FOREIGN KEY (PROD_NO) REFERENCES legacy.PRODUCT;
ALTER TABLE legacy.PAYMENT ADD FOREIGN KEY (ORD_NO) REFERENCES legacy.ORDERS;
ALTER TABLE legacy.PAY_LOG ADD FOREIGN KEY (PAY_NO) REFERENCES legacy.PAYMENT;
ALTER TABLE legacy.INVOICE ADD FOREIGN KEY (ORD_NO) REFERENCES legacy.ORDERS;
ALTER TABLE legacy.INVOICE ADD FOREIGN KEY (CUST_NO) REFERENCES legacy.CUSTOMER;
`;
