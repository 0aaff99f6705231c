import { noticeText } from '../seed/documents.ts';
import {
  asForm,
  change,
  get,
  head,
  type MonolithPath,
  options,
  takesGzip,
  withKey,
} from './monolith-path.ts';

const login = { login: true } as const;

export const pagePaths: MonolithPath[] = [
  get('start', '/'),
  get('start with a login', '/', login),
  get('login page', '/login?next=/orders'),
  head('login page, HEAD', '/login'),
  options('login page, OPTIONS', '/login'),
  // The session's cookie holds its end.
  change('login', 'POST', '/login', {
    headers: asForm,
    body: 'user=clerk&password=clerk-demo&next=%2Forders',
    mayDiffer: ['header:set-cookie'],
  }),
  change('login with a wrong password', 'POST', '/login', { headers: asForm, body: 'user=clerk&password=x' }),
  get('logout by link', '/logout', login),
  change('logout', 'POST', '/logout', login),
  get('dashboard', '/dashboard', login),
  get('reports page', '/reports', login),
  get('a large page', '/reports/sales', login),
  get('a large page, compressed', '/reports/sales', { login: true, headers: takesGzip }),
  get('turnover', '/reports/turnover', { headers: withKey }),
  get('a slow report', '/reports/slow?ms=300', { headers: withKey }),
  get('style', '/static/shop.css', { headers: takesGzip }),
  get('script', '/static/live-orders.js'),
  get('icon', '/favicon.ico'),
  get('a page that is not there', '/no/such/page'),
];

const file = '/files/catalogue-2012.bin';
const lastModified = 'Mon, 14 May 2012 09:30:00 GMT';
const boundary = 'monolith-paths';

const multipart = (fileName: string, content: Buffer) =>
  Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\n` +
        'Content-Type: text/plain\r\n\r\n',
    ),
    content,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
const asMultipart = { 'Content-Type': `multipart/form-data; boundary=${boundary}` };
const tooLong = Buffer.alloc(5 * 1024 * 1024 + 1, '.');

export const filePaths: MonolithPath[] = [
  get('documents page', '/files', login),
  get('a document', file),
  head('a document, HEAD', file),
  get('the beginning of a document', file, { headers: { Range: 'bytes=0-99' } }),
  get('the end of a document', file, { headers: { Range: 'bytes=-1000' } }),
  get('past the end of a document', file, { headers: { Range: 'bytes=1500000-' } }),
  get('two ranges of a document', '/files/terms.txt', { headers: { Range: 'bytes=0-9,100-109' } }),
  get('a range if unchanged', file, { headers: { Range: 'bytes=0-99', 'If-Range': lastModified } }),
  get('a range of an old version', '/files/terms.txt', {
    headers: { Range: 'bytes=0-9', 'If-Range': '"old"' },
  }),
  get('a document that the client has', file, { headers: { 'If-Modified-Since': lastModified } }),
  get('a document with a slash in its name', '/files/a%2Fb.txt'),
  get('a document with letters in its name', '/files/price%20list%202011%20(gr%C3%B6%C3%9Fer).csv'),
  get('an empty document', '/files/empty.dat'),
  get('a document that is not there', '/files/b.txt'),
  // These three bring what is there already.
  change('a document is put', 'PUT', '/files/notice.txt', {
    headers: { ...withKey, 'Content-Type': 'text/plain' },
    body: noticeText,
  }),
  change('a document is uploaded', 'POST', '/api/files', {
    headers: { ...withKey, ...asMultipart },
    body: multipart('notice.txt', Buffer.from(noticeText)),
  }),
  change('a document is uploaded by form', 'POST', '/files', {
    login: true,
    headers: asMultipart,
    body: multipart('notice.txt', Buffer.from(noticeText)),
  }),
  change('a document is too large', 'POST', '/api/files', {
    headers: { ...withKey, ...asMultipart },
    body: multipart('large.txt', tooLong),
  }),
  change('no document is deleted', 'DELETE', '/files/gone.txt', { headers: withKey }),
];
