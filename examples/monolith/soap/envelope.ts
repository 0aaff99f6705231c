import { type Html, html } from '../html.ts';
import { parseXml, type XmlElement, XmlError } from './parse-xml.ts';

export const soapNamespace = 'http://schemas.xmlsoap.org/soap/envelope/';

export type FaultCode = 'Client' | 'Server' | 'VersionMismatch' | 'MustUnderstand';

/** Thrown by whatever handles a call; answered as a SOAP fault. */
export class SoapFault extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The call inside an envelope: the one element in its body. */
export function readCall(source: string): XmlElement {
  const envelope = parseEnvelope(source);
  if (envelope.name !== 'Envelope') throw new SoapFault('Client', 'The document is not a SOAP envelope');
  // SOAP 1.2 has another namespace; SOAP 1.1 section 4.4 has a fault for that.
  if (envelope.namespace !== soapNamespace)
    throw new SoapFault('VersionMismatch', 'Only SOAP 1.1 is spoken here');
  for (const entry of partOf(envelope, 'Header')?.children ?? []) {
    if (entry.attributes.get(`{${soapNamespace}}mustUnderstand`) === '1') {
      throw new SoapFault('MustUnderstand', `Header ${entry.name} is not understood`);
    }
  }
  const calls = partOf(envelope, 'Body')?.children ?? [];
  if (calls[0] === undefined || calls.length > 1)
    throw new SoapFault('Client', 'The body must hold one call');
  return calls[0];
}

function parseEnvelope(source: string): XmlElement {
  try {
    return parseXml(source);
  } catch (error) {
    if (error instanceof XmlError) throw new SoapFault('Client', error.message);
    throw error;
  }
}

const partOf = (envelope: XmlElement, name: string) =>
  envelope.children.find((child) => child.name === name && child.namespace === soapNamespace);

/** `html` escapes for XML just as well. */
export const writeEnvelope = (body: Html): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n${
    html`<soap:Envelope xmlns:soap="${soapNamespace}"><soap:Body>${body}</soap:Body></soap:Envelope>`.markup
  }\n`;

export const writeFault = (fault: SoapFault): string =>
  writeEnvelope(
    html`<soap:Fault><faultcode>soap:${fault.code}</faultcode><faultstring>${fault.message}</faultstring></soap:Fault>`,
  );
