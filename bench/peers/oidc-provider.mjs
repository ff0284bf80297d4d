// The npm package oidc-provider as it comes, in memory: what client_credentials costs elsewhere. bench/run starts it.
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';

const { default: Provider } = await import(createRequire(new URL('../../tests/wire/package.json', import.meta.url)).resolve('oidc-provider'));
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const resource = 'urn:bench';
const provider = new Provider(`http://127.0.0.1:${process.env.PORT}`, {
  jwks: { keys: [{ ...key, alg: 'ES256', use: 'sig' }] },
  clients: [{
    client_id: 'bench', client_secret: process.env.BENCH_CLIENT_SECRET, grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
    token_endpoint_auth_method: 'client_secret_post', id_token_signed_response_alg: 'ES256',
  }],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      getResourceServerInfo: () => ({ scope: 'agents:read', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 3600, jwt: { sign: { alg: 'ES256' } } }),
    },
  },
  scopes: ['agents:read'],
});
provider.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
