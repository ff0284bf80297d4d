// A plain HTTP client: sends exactly what it is given, where fetch would tidy up paths, headers and bodies.
import http from 'node:http';

/**
 * @param {string} base such as http://127.0.0.1:3001
 * @param {{body?: unknown, headers?: Record<string, string>, key?: string, agent?: http.Agent}} options An object as body is sent as
 *   JSON; a string or Buffer is sent as it is. Without a body there is no Content-Type either. `key` becomes the bearer.
 * @returns {Promise<{status: number, headers: http.IncomingHttpHeaders, text: string, json: any}>} `json` is undefined when the
 *   answer is not JSON.
 */
export function send(base, method, path, { body, headers = {}, key, agent } = {}) {
  const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const { hostname, port } = new URL(base);
  const all = { ...headers };
  if (key !== undefined) all.authorization ??= `Bearer ${key}`;
  if (bytes !== undefined) {
    all['content-type'] ??= 'application/json';
    if (!all['transfer-encoding']) all['content-length'] ??= String(bytes.length);
  }

  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path, headers: all, agent, setHost: true });
    let answered = false;
    request.on('response', (response) => {
      answered = true; // a server may refuse a large body before it has read it, and then close the connection
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode, headers: response.headers, text, json: parse(text) });
      });
    });
    request.on('error', (error) => answered || reject(error));
    request.end(bytes);
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
