import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { quote } from './problem.ts';

/** Where a certificate is. PEM files; the certificate's has the chain behind it. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
}

/** A certificate that TLS can be served with. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Of the first certificate in the file, ms since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Reads a certificate and its key, and finds out whether they can be served. Says in a sentence why not. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate | { problem: string }> {
  const cert = await readPem(files.certFile);
  if (typeof cert !== 'string') return cert;
  const key = await readPem(files.keyFile);
  if (typeof key !== 'string') return key;
  const first = parseCertificate(cert);
  if (!first) return { problem: `${quote(files.certFile)} holds no certificate that can be read` };
  const privateKey = parseKey(key);
  if (!privateKey) {
    const what = key.includes('ENCRYPTED')
      ? 'is encrypted, and there is no passphrase'
      : 'holds no private key';
    return { problem: `${quote(files.keyFile)} ${what}` };
  }
  if (!first.checkPrivateKey(privateKey)) {
    return { problem: `the key in ${quote(files.keyFile)} is not that of ${quote(files.certFile)}` };
  }
  try {
    const { createSecureContext } = process.getBuiltinModule('node:tls');
    createSecureContext({ cert, key, minVersion: files.minVersion });
  } catch (error) {
    return { problem: `${quote(files.certFile)} can't be served: ${(error as Error).message}` };
  }
  return { cert, key, notBefore: first.validFromDate.getTime(), notAfter: first.validToDate.getTime() };
}

async function readPem(file: string): Promise<string | { problem: string }> {
  try {
    const text = await readFile(file, 'latin1');
    return text.includes('-----BEGIN ') ? text : { problem: `${quote(file)} is no PEM file` };
  } catch (error) {
    return { problem: `${quote(file)} can't be read: ${(error as NodeJS.ErrnoException).code}` };
  }
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
