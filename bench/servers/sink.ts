import { createServer } from 'node:http';

/** Takes a body of any size and says how many bytes it had. */
createServer((request, response) => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on('end', () => response.end(JSON.stringify({ bytes })));
}).listen(Number(process.argv[2]), '127.0.0.1');
