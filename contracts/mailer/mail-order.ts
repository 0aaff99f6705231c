/** What the mailer needs of an event; it ignores the rest. */
export type MailRequested = {
  id: string;
  type: 'mail.requested';
  data: { template: 'receipt' | 'refund-note'; orderNo: number; paymentId: string };
};

/** What a mail is made of. `once` is the event's id: an event that comes again makes no second mail. */
export type MailOrder = { once: string; template: string; orderNo: number; paymentId: string };

/** Throws on what is no request for a mail that it has a template for. */
export function readMailOrder({ id, type, data }: MailRequested): MailOrder {
  const { template, orderNo, paymentId } = data;
  if (type !== 'mail.requested' || !['receipt', 'refund-note'].includes(template)) {
    throw new Error(`No mail for ${type} ${template}`);
  }
  return { once: id, template, orderNo, paymentId };
}
