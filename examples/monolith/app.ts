import express, { type Express } from 'express';
import type { Parts } from './parts.ts';
import { answerRefusal, answerUnknownPath } from './refusal-answers.ts';
import { addAssetRoutes } from './routes/assets.ts';
import { addCustomerRoutes } from './routes/customers.ts';
import { addDashboardRoutes } from './routes/dashboard.ts';
import { addEventRoutes } from './routes/events.ts';
import { addExportRoutes } from './routes/exports.ts';
import { addFileRoutes } from './routes/files.ts';
import { addInvoiceRoutes } from './routes/invoices.ts';
import { addLoginRoutes } from './routes/login.ts';
import { addOddRoutes } from './routes/oddities.ts';
import { addOrderRoutes } from './routes/orders.ts';
import { addPaymentRoutes } from './routes/payments.ts';
import { addProductPages } from './routes/product-pages.ts';
import { addProductRoutes } from './routes/products.ts';
import { addReportRoutes } from './routes/reports.ts';
import { addSoapRoutes } from './routes/soap.ts';

/** Every route sits directly on the one router, where a test can list them. */
export function createApp(parts: Parts): Express {
  const app = express();
  addLoginRoutes(app, parts);
  addAssetRoutes(app);
  addDashboardRoutes(app, parts);
  addProductRoutes(app, parts);
  addProductPages(app, parts);
  addCustomerRoutes(app, parts);
  addOrderRoutes(app, parts);
  addPaymentRoutes(app, parts);
  addInvoiceRoutes(app, parts);
  addSoapRoutes(app, parts);
  addFileRoutes(app, parts);
  addExportRoutes(app, parts);
  addEventRoutes(app, parts);
  addReportRoutes(app, parts);
  addOddRoutes(app, parts);
  app.use(answerUnknownPath);
  app.use(answerRefusal);
  return app;
}
