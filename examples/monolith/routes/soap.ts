import express, { type Express, type Request } from 'express';
import type { Parts } from '../parts.ts';
import { absoluteUrl } from '../redirect.ts';
import { notFound, Refusal } from '../refusal.ts';
import { sendText } from '../send-text.ts';
import { readCall, SoapFault, writeEnvelope, writeFault } from '../soap/envelope.ts';
import { answerCall } from '../soap/invoice-calls.ts';
import { writeWsdl } from '../soap/wsdl.ts';

const xmlType = 'text/xml; charset=utf-8';

export function addSoapRoutes(app: Express, { database, access }: Parts): void {
  app.get('/soap/invoices', async (request, response) => {
    const asksForWsdl = Object.keys(request.query).some((name) => name.toLowerCase() === 'wsdl');
    if (!asksForWsdl) throw notFound('This is a SOAP service; its contract is at ?wsdl');
    await sendText(request, response, xmlType, writeWsdl(absoluteUrl(request, '/soap/invoices')));
  });

  const readXml = express.raw({ type: 'text/xml', limit: '64kb' });
  app.post('/soap/invoices', access.keyOrLogin, readXml, async (request, response) => {
    if (!request.is('text/xml')) throw new Refusal('unsupported', 'Content-Type must be text/xml');
    try {
      const content = await answerCall(database, readCall(decodeBody(request)));
      await sendText(request, response, xmlType, writeEnvelope(content));
    } catch (error) {
      // Anything else is a bug, and its details are not the caller's.
      if (!(error instanceof SoapFault)) console.error('A SOAP call failed:', error);
      const fault = error instanceof SoapFault ? error : new SoapFault('Server', 'The monolith failed');
      // SOAP 1.1 section 6.2: every fault is a 500.
      response.status(500);
      await sendText(request, response, xmlType, writeFault(fault));
    }
  });
}

/** In the charset of the Content-Type, whatever the XML declaration says: RFC 3023 section 3.1 has it so. */
function decodeBody(request: Request): string {
  const body: unknown = request.body;
  const charset = /charset="?([\w-]+)/i.exec(request.headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true }).decode(Buffer.isBuffer(body) ? body : Buffer.alloc(0));
  } catch {
    throw new SoapFault('Client', `The body is not ${charset}`);
  }
}
