import { startPsp } from './psp.ts';

const { PORT = '9010', HOST = '127.0.0.1' } = process.env;
const psp = await startPsp({ host: HOST, port: Number(PORT) });
console.log(`The payment provider listens on ${psp.url}`);
const stop = () => void psp.close();
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
