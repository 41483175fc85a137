import { oneOf, optional, pemFile, serverUrl, wholeNumber } from './config-variable.js';

const mebibyte = 1_048_576;
const hundredYearsDays = 36_500;

/** Between the roles. */
export const busSection = {
  url: optional(
    serverUrl('RABBITMQ_URL', {
      description: 'RabbitMQ between the roles, as `amqp://user:password@host:5672/vhost`, or `amqps://`.',
      protocols: ['amqp', 'amqps'],
    }),
    'the bus within the process',
  ),
  caFile: pemFile('RABBITMQ_CA_FILE', {
    description: 'With `amqps://`: the authorities that sign the certificate of the broker, as PEM.',
    absent: 'the authorities that Node brings',
  }),
  certificateFile: pemFile('RABBITMQ_CERTIFICATE_FILE', {
    description:
      'With `amqps://`: the certificate of this process, as PEM, where the broker asks for one. With `RABBITMQ_KEY_FILE`.',
    absent: 'none is shown',
  }),
  keyFile: pemFile('RABBITMQ_KEY_FILE', {
    description: 'The private key of `RABBITMQ_CERTIFICATE_FILE`, as PEM.',
    absent: 'none',
  }),
  partitions: wholeNumber('BUS_PARTITIONS', {
    description:
      'Parts that events are spread over by their identity. All roles must agree; see the operations guide before you change it.',
    unit: 'partitions',
    fallback: 4,
    min: 1,
    max: 64,
  }),
  branches: oneOf('BUS_BRANCHES', {
    description:
      'Whose processors run: events are kept for these only, so that no queue fills without a reader.',
    choices: ['stream', 'stream+batch'],
    fallback: 'stream+batch',
  }),
  lingerMs: wholeNumber('BUS_LINGER_MS', {
    description: 'How long the collector waits for more events before it sends a message that is not full.',
    unit: 'ms',
    fallback: 10,
    min: 0,
    max: 1_000,
  }),
  messageEventsMax: wholeNumber('BUS_MESSAGE_EVENTS_MAX', {
    description: 'Most events in one message of the collector.',
    unit: 'events',
    fallback: 2_000,
    min: 1,
    max: 20_000,
  }),
  confirmTimeoutMs: wholeNumber('BUS_CONFIRM_TIMEOUT_MS', {
    description: 'How long a request waits for the broker to confirm before it is answered 503.',
    unit: 'ms',
    fallback: 10_000,
    min: 100,
    max: 600_000,
  }),
  queueBytesMax: wholeNumber('BUS_QUEUE_BYTES_MAX', {
    description: 'Largest queue of one partition. When it is full, the collector answers 429.',
    unit: 'bytes',
    fallback: 1_073_741_824,
    min: mebibyte,
    max: 1_000_000_000_000,
  }),
  deliveryLimit: wholeNumber('BUS_DELIVERY_LIMIT', {
    description: 'How often a message is delivered before it becomes a dead letter.',
    unit: 'deliveries',
    fallback: 20,
    min: 1,
    max: 1_000,
  }),
  pendingEventsMax: wholeNumber('BUS_PENDING_EVENTS_MAX', {
    description:
      'Events on their way to the stores. When full, the collector answers 429 or 503 with Retry-After.',
    unit: 'events',
    fallback: 200_000,
    min: 1_000,
    max: 10_000_000,
  }),
} as const;

/** What was given up on its way. */
export const deadLettersSection = {
  retentionDays: wholeNumber('DEAD_LETTER_RETENTION_DAYS', {
    description:
      'How long a dead letter is kept after it was last given up, replayed or not. Then it is gone for good.',
    unit: 'days',
    fallback: 90,
    min: 1,
    max: hundredYearsDays,
  }),
} as const;
