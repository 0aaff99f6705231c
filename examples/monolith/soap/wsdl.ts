import { html } from '../html.ts';

export const invoicesNamespace = 'urn:mueller-soehne:invoices';

const operations = ['GetInvoice', 'ListInvoices'] as const;

/** The contract of the invoice service; `address` is where the reader found it. */
export const writeWsdl = (address: string): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n${
    html`<definitions name="Invoices" targetNamespace="${invoicesNamespace}" xmlns="http://schemas.xmlsoap.org/wsdl/"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:tns="${invoicesNamespace}">
<types>
<xsd:schema targetNamespace="${invoicesNamespace}" elementFormDefault="qualified">
  <xsd:complexType name="Invoice"><xsd:sequence>
    <xsd:element name="invoiceNumber" type="xsd:int"/>
    <xsd:element name="orderNumber" type="xsd:int"/>
    <xsd:element name="customerNumber" type="xsd:int"/>
    <xsd:element name="date" type="xsd:date"/>
    <xsd:element name="dueDate" type="xsd:date"/>
    <xsd:element name="status" type="xsd:string"/>
    <xsd:element name="netCents" type="xsd:string"/>
    <xsd:element name="vatCents" type="xsd:string"/>
    <xsd:element name="grossCents" type="xsd:string"/>
    <xsd:element name="currency" type="xsd:string"/>
  </xsd:sequence></xsd:complexType>
  <xsd:element name="GetInvoice"><xsd:complexType><xsd:sequence>
    <xsd:element name="invoiceNumber" type="xsd:int"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="GetInvoiceResponse"><xsd:complexType><xsd:sequence>
    <xsd:element name="invoice" type="tns:Invoice"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="ListInvoices"><xsd:complexType><xsd:sequence>
    <xsd:element name="customerNumber" type="xsd:int"/>
    <xsd:element name="page" type="xsd:int" minOccurs="0"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="ListInvoicesResponse"><xsd:complexType><xsd:sequence>
    <xsd:element name="total" type="xsd:int"/>
    <xsd:element name="invoice" type="tns:Invoice" minOccurs="0" maxOccurs="unbounded"/>
  </xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema>
</types>
${operations.map(
  (name) => html`<message name="${name}Input"><part name="parameters" element="tns:${name}"/></message>
<message name="${name}Output"><part name="parameters" element="tns:${name}Response"/></message>
`,
)}<portType name="InvoicesPort">
${operations.map(
  (name) =>
    html`<operation name="${name}"><input message="tns:${name}Input"/><output message="tns:${name}Output"/></operation>
`,
)}</portType>
<binding name="InvoicesBinding" type="tns:InvoicesPort">
<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
${operations.map(
  (name) => html`<operation name="${name}"><soap:operation soapAction="${invoicesNamespace}#${name}"/>
<input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>
`,
)}</binding>
<service name="Invoices"><port name="InvoicesPort" binding="tns:InvoicesBinding"><soap:address location="${address}"/></port></service>
</definitions>`.markup
  }\n`;
