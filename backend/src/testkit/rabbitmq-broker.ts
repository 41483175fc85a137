import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFreePort } from './free-port.js';

export interface TestBroker {
  /** Of the virtual host `/`, as the user `guest`. */
  readonly url: string;
  readonly port: number;
  /** Of `/` over TLS, as the user `guest`, where the broker has certificates. */
  readonly tlsUrl: string;
  readonly pid: number;
  readonly folder: string;
  /** A world of its own within this broker: queues of one virtual host are not seen from another. Returns its address. */
  createVhost(name: string): Promise<string>;
  /** Adds a user that may do everything in the virtual host `/`, or sets its password. Returns its address. */
  addUser(name: string, password: string): Promise<string>;
  /** With the alarm on, the broker reads nothing more from connections that publish. */
  setMemoryAlarm(isOn: boolean): Promise<void>;
  control(...args: string[]): Promise<string>;
  /** Resolves when the process is gone. What was confirmed is still in the folder. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again after `kill`, at the same address, with the same data. */
  restart(): Promise<void>;
  /** Stops the process in its tracks: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Ends the broker and its port mapper, and removes the folder if it was made here. */
  close(): Promise<void>;
}

const programs = '/usr/lib/rabbitmq/bin';
const portMapper = 'epmd';
const bootTimeoutMs = 90_000;
const run = promisify(execFile);

/** What the broker shows of itself over TLS, and whom it trusts of those who connect. Files of PEM. */
export interface BrokerCertificates {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Refuses those who show no certificate of the authority. */
  readonly asksClients: boolean;
}

export interface BrokerOptions {
  readonly folder?: string;
  /** Listens for TLS as well. */
  readonly tls?: BrokerCertificates;
}

/** A real broker on loopback with its own folder, name, secret and port mapper. Needs Debian's `rabbitmq-server`. */
export async function startBroker(options: BrokerOptions = {}): Promise<TestBroker> {
  if (!existsSync(`${programs}/rabbitmq-server`)) {
    throw new Error('RabbitMQ is missing: apt-get install rabbitmq-server, or `npm test` as root.');
  }
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'coditect-rabbitmq-')));
  const [port, distPort, epmdPort, tlsPort] = await Promise.all([
    findFreePort(),
    findFreePort(),
    findFreePort(),
    findFreePort(),
  ]);
  const env = await writeConfiguration(folder, { port, distPort, epmdPort, tlsPort }, options.tls);
  const mapper = spawn(portMapper, ['-address', '127.0.0.1', '-port', `${epmdPort}`], {
    env,
    stdio: 'ignore',
  });
  await untilListening(epmdPort, mapper);
  let server = await boot(folder, port, env);

  async function control(...args: string[]): Promise<string> {
    const { stdout } = await run(`${programs}/rabbitmqctl`, ['--quiet', '--node', nodeName(port), ...args], {
      env,
      cwd: folder,
    });
    return stdout;
  }
  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill(signal);
    await gone;
  }
  const addressOf = (user: string, password: string, vhost = ''): string =>
    `amqp://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}${vhost}`;

  return {
    url: addressOf('guest', 'guest'),
    tlsUrl: `amqps://guest:guest@127.0.0.1:${tlsPort}`,
    port,
    folder,
    get pid() {
      return server.pid ?? -1;
    },
    control,
    kill,
    async restart() {
      await kill();
      server = await boot(folder, port, env);
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    async createVhost(name) {
      await control('add_vhost', name);
      await control('set_permissions', '--vhost', name, 'guest', '.*', '.*', '.*');
      return addressOf('guest', 'guest', `/${encodeURIComponent(name)}`);
    },
    async addUser(name, password) {
      const users = await control('list_users');
      await control(users.includes(`${name}\t`) ? 'change_password' : 'add_user', name, password);
      await control('set_permissions', name, '.*', '.*', '.*');
      return addressOf(name, password);
    },
    async setMemoryAlarm(isOn) {
      await control('set_vm_memory_high_watermark', isOn ? '0' : '0.4');
    },
    async close() {
      server.kill('SIGCONT');
      await kill();
      mapper.kill('SIGKILL');
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const nodeName = (port: number): string => `rabbit-${port}@localhost`;

async function writeConfiguration(
  folder: string,
  ports: { port: number; distPort: number; epmdPort: number; tlsPort: number },
  tls: BrokerCertificates | undefined,
): Promise<NodeJS.ProcessEnv> {
  await mkdir(join(folder, 'log'), { recursive: true });
  await writeFile(join(folder, '.erlang.cookie'), 'coditect-test-broker', { mode: 0o400 }).catch(
    () => undefined,
  );
  await writeFile(join(folder, 'enabled_plugins'), '[].\n');
  await writeFile(
    join(folder, 'rabbitmq.conf'),
    [
      `listeners.tcp.1 = 127.0.0.1:${ports.port}`,
      ...(tls === undefined ? [] : tlsConfiguration(ports.tlsPort, tls)),
      'loopback_users = none',
      'log.console = false',
      'log.file.level = warning',
      'disk_free_limit.absolute = 50MB',
      // Many brokers at once on one machine: the default would write half a gigabyte before it starts a new file.
      'raft.wal_max_size_bytes = 33554432',
      '',
    ].join('\n'),
  );
  return {
    PATH: process.env['PATH'],
    LANG: 'C.UTF-8',
    HOME: folder,
    HOSTNAME: 'localhost',
    // The start script then becomes the broker itself instead of watching over it: its pid is the one to kill.
    RUNNING_UNDER_SYSTEMD: 'true',
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: `${ports.epmdPort}`,
    ERL_CRASH_DUMP_SECONDS: '0',
    RABBITMQ_NODENAME: nodeName(ports.port),
    RABBITMQ_NODE_PORT: `${ports.port}`,
    RABBITMQ_DIST_PORT: `${ports.distPort}`,
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false',
    RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'advanced.config'),
    RABBITMQ_CONFIG_FILES: join(folder, 'conf.d'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(folder, 'generated'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_PID_FILE: join(folder, 'rabbitmq.pid'),
    RABBITMQ_FEATURE_FLAGS_FILE: join(folder, 'feature_flags'),
  };
}

function tlsConfiguration(port: number, tls: BrokerCertificates): readonly string[] {
  return [
    `listeners.ssl.1 = 127.0.0.1:${port}`,
    `ssl_options.cacertfile = ${tls.caFile}`,
    `ssl_options.certfile = ${tls.certificateFile}`,
    `ssl_options.keyfile = ${tls.keyFile}`,
    `ssl_options.verify = ${tls.asksClients ? 'verify_peer' : 'verify_none'}`,
    `ssl_options.fail_if_no_peer_cert = ${tls.asksClients}`,
  ];
}

async function boot(folder: string, port: number, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const server = spawn(`${programs}/rabbitmq-server`, { env, cwd: folder, stdio: 'ignore' });
  try {
    await untilListening(port, server);
  } catch (error) {
    server.kill('SIGKILL');
    const log = await readFile(join(folder, 'log', `${nodeName(port)}.log`), 'utf8').catch(() => '');
    throw new Error(`RabbitMQ did not start.\n${log.slice(-4_000)}`, { cause: error });
  }
  return server;
}

/** The listener is the last thing that a broker starts. */
async function untilListening(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + bootTimeoutMs;
  while (!(await isListening(port))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      throw new Error(`nothing listens on 127.0.0.1:${port}`);
    }
    await sleep(50);
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
