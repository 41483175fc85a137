import { onOff, optional, serverUrl, text, wholeNumber } from './config-variable.js';

const mebibyte = 1_048_576;

/** Of the one that sends reports of schedules. */
export const deliverySection = {
  smtpUrl: optional(
    serverUrl('REPORT_SMTP_URL', {
      description:
        'Mail server, as `smtp://user:password@host:587` or `smtps://...`. With a password, TLS is required. What nodemailer knows of SMTP can be set as parameters.',
      protocols: ['smtp', 'smtps'],
    }),
    'no mail is sent, and schedules with mail are refused',
  ),
  mailFrom: text('REPORT_MAIL_FROM', {
    description: 'Who mails come from, as `reports@example.com` or `Reports <reports@example.com>`.',
    unit: 'address',
    fallback: 'coditect-analytics@localhost',
  }),
  mailBytesMax: wholeNumber('REPORT_MAIL_BYTES_MAX', {
    description: 'Largest report that goes with a mail. For a larger one the mail says where to fetch it.',
    unit: 'bytes',
    fallback: 10 * mebibyte,
    min: 0,
    max: 100 * mebibyte,
  }),
  pageUrl: optional(
    serverUrl('REPORT_PAGE_URL', {
      description:
        'Page on which people find their reports, such as `https://grafana.example.com/a/coditect-analytics-app/reports`. Mails lead there.',
      protocols: ['http', 'https'],
    }),
    'mails name the id of the report only',
  ),
  allowPrivate: onOff('REPORT_WEBHOOK_ALLOW_PRIVATE', {
    description:
      'Webhooks may go to loopback and private networks. Whoever may write schedules can then reach what this service can.',
    fallback: false,
  }),
  timeoutMs: wholeNumber('REPORT_DELIVERY_TIMEOUT_MS', {
    description: 'Longest silence of a mail server, and longest time that a webhook may take.',
    unit: 'ms',
    fallback: 10_000,
    min: 100,
    max: 60_000,
  }),
  attemptsMax: wholeNumber('REPORT_DELIVERY_ATTEMPTS_MAX', {
    description:
      'How often a delivery is tried before it has failed: after 1, 5 and 30 minutes, 2 hours, and every 6 hours from then on.',
    unit: 'attempts',
    fallback: 6,
    min: 1,
    max: 20,
  }),
  schedulesMax: wholeNumber('REPORT_SCHEDULES_MAX', {
    description: 'Most schedules of one tenant.',
    unit: 'schedules',
    fallback: 200,
    min: 1,
    max: 10_000,
  }),
} as const;
