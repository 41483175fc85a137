import { optional, serverUrl } from './config-variable.js';

export const grafanaSection = {
  jwksUrl: optional(
    serverUrl('GRAFANA_JWKS_URL', {
      description:
        'Keys with which Grafana signs who asks (`X-Grafana-Id`), such as `http://grafana:3000/api/signing-keys/keys`. A signature that is forged or over is refused.',
      protocols: ['http', 'https'],
    }),
    'who asks is what `X-Grafana-User` says, and marked as not verified',
  ),
} as const;
