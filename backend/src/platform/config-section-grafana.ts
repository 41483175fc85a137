import { optional, serverUrl, texts } from './config-variable.js';

export const grafanaSection = {
  jwksUrl: optional(
    serverUrl('GRAFANA_JWKS_URL', {
      description:
        'Keys with which Grafana signs who asks (`X-Grafana-Id`), such as `http://grafana:3000/api/signing-keys/keys`. A signature that is forged or over is refused.',
      protocols: ['http', 'https'],
    }),
    'who asks is what `X-Grafana-User` says, and marked as not verified',
  ),
  issuer: optional(
    serverUrl('GRAFANA_ISSUER', {
      description:
        "Grafana's `root_url`, which stands in each signed identity. That of another Grafana is refused. Has an effect with `GRAFANA_JWKS_URL` only.",
      protocols: ['http', 'https'],
    }),
    'the signature alone counts',
  ),
  audience: optional(
    texts('GRAFANA_AUDIENCE', {
      description:
        "Grafana's organisations whose users are taken, as `org:1`. Others are refused. Has an effect with `GRAFANA_JWKS_URL` only.",
      unit: 'organisations',
      pattern: /^org:\d{1,18}$/,
      allowed: 'names such as `org:1`, separated by commas',
    }),
    'every organisation of that Grafana',
  ),
} as const;
