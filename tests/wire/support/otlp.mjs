// Somebody's trace collector: it takes OTLP over HTTP (protobuf) and tells what is in it.
import http from 'node:http';

export class Collector {
  /** Every span: {trace, id, parent, name, kind, scope, service, tags, links, events, error}. */
  spans = [];

  /** Everything that was received, byte for byte, as latin1 text. */
  text = '';

  static async start() {
    const collector = new Collector();
    collector.listener = http.createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
        const body = Buffer.concat(chunks);
        collector.text += `${request.method} ${request.url} ${JSON.stringify(request.headers)}\n${body.toString('latin1')}`;
        if (request.url === '/v1/traces') collector.spans.push(...spans(body));
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
    await new Promise((resolve, reject) => collector.listener.once('error', reject).listen(0, '127.0.0.1', resolve));
    collector.url = `http://127.0.0.1:${collector.listener.address().port}`;
    return collector;
  }

  /** The spans of a trace. */
  of(trace) {
    return this.spans.filter((span) => span.trace === trace);
  }

  close() {
    this.listener.closeAllConnections();
    return new Promise((resolve) => this.listener.close(resolve));
  }
}

/** The fields of a protobuf message: [number, value], the value a number or bytes. */
function* fields(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    if ((tag & 7) === 0) yield [number, varint()];
    else if ((tag & 7) === 1) yield [number, bytes.readBigUInt64LE((at += 8) - 8)];
    else if ((tag & 7) === 5) yield [number, bytes.readUInt32LE((at += 4) - 4)];
    else if ((tag & 7) === 2) {
      const length = Number(varint());
      yield [number, bytes.subarray(at, (at += length))];
    } else throw new Error(`no protobuf: wire type ${tag & 7}`);
  }
}

const all = (bytes, number) => [...fields(bytes)].filter(([which]) => which === number).map(([, value]) => value);
const one = (bytes, number) => all(bytes, number)[0];
const text = (bytes, number) => one(bytes, number)?.toString('utf8') ?? '';
const hex = (bytes, number) => one(bytes, number)?.toString('hex') ?? '';

/** Key and value of each attribute; a number as a number. */
const tags = (bytes, number) => Object.fromEntries(all(bytes, number).map((pair) => {
  const [[kind, value] = []] = [...fields(one(pair, 2) ?? Buffer.alloc(0))];
  return [text(pair, 1), kind === 1 ? value.toString('utf8') : kind === 3 || kind === 2 ? Number(value) : value];
}));

/** ExportTraceServiceRequest of opentelemetry-proto 1.x, as far as the tests ask. */
const spans = (request) => all(request, 1).flatMap((resource) => {
  const service = tags(one(resource, 1), 1)['service.name'];
  return all(resource, 2).flatMap((scope) => all(scope, 2).map((span) => ({
    trace: hex(span, 1), id: hex(span, 2), parent: hex(span, 4), name: text(span, 5), kind: Number(one(span, 6) ?? 0), scope: text(one(scope, 1), 1), service,
    tags: tags(span, 9), links: all(span, 13).map((link) => hex(link, 1)), events: all(span, 11).map((event) => tags(event, 3)), error: text(one(span, 15) ?? Buffer.alloc(0), 2),
  })));
});
