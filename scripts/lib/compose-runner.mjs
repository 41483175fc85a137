import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './paths.mjs';

/**
 * Runs services of the compose file as processes of this machine: their command, their environment, their secrets and
 * mounts, in the layout of the image, as the image's user where we are root. What differs is told by `ports` (each
 * service has one of its own), `hosts` (who answers on loopback in the place of a host, and to which user) and `without`
 * (variables for what those who answer have not).
 */
export function createComposeRunner(world) {
  const { compose, image } = world;
  const asUser = process.getuid?.() === 0 ? { uid: image.user, gid: image.user } : {};
  const prepare = createPreparation({ ...world, asUser });
  const children = [];

  function launch(name, words, env) {
    const child = startProcess(name, words, { ...world, asUser, env });
    children.push(child);
    return child;
  }

  return {
    start(name) {
      const { env, move, service } = prepare(name);
      return launch(name, [...image.entrypoint, ...service.command.map(move)], env);
    },
    /** The health check that compose would run, until it is content. */
    async untilHealthy(name, child, { withinMs }) {
      const { env, service } = prepare(name);
      const deadline = Date.now() + withinMs;
      while (child.isRunning && Date.now() < deadline) {
        const probe = launch(`${name}.health`, service.healthcheck.test.slice(1), env);
        if ((await probe.ended) === 0) return true;
        await sleep(500);
      }
      return false;
    },
    /** Another command in the image, with the environment of a service. */
    exec: (name, words) => launch(`${name}.exec`, [...image.entrypoint, ...words], prepare(name).env),
    /** In the time of grace that compose gives. Resolves with the exit code, -1 for one that had to be killed. */
    async stop(name, child) {
      const graceMs = Number.parseInt(compose.services[name].stop_grace_period, 10) * 1_000;
      child.kill('SIGTERM');
      const isLate = await Promise.race([
        child.ended.then(() => false),
        sleep(graceMs, true, { ref: false }),
      ]);
      if (!isLate) return child.ended;
      child.kill('SIGKILL');
      await child.ended;
      return -1;
    },
    killAll() {
      for (const child of children) if (child.isRunning) child.kill('SIGKILL');
    },
  };
}

/** Places what a service has at paths of its container, and tells it of the paths here. */
function createPreparation({ asUser, compose, folder, hosts, image, ports, secretsFolder, without }) {
  function makeFolder(place) {
    fs.mkdirSync(place, { recursive: true });
    if (asUser.uid !== undefined) fs.chownSync(place, asUser.uid, asUser.gid);
    return place;
  }

  function placeSecret(name, place) {
    fs.mkdirSync(place, { recursive: true });
    const origin = path.join(secretsFolder, path.basename(compose.secrets[name].file));
    const text = moveHost(fs.readFileSync(origin, 'utf8').trim(), hosts);
    const file = path.join(place, name);
    fs.rmSync(file, { force: true });
    fs.writeFileSync(file, text, { mode: 0o444 });
    return [`/run/secrets/${name}`, file];
  }

  function placeMount(volume, place) {
    const [source, target] = volume.split(':');
    if (!source.startsWith('.')) return [target, makeFolder(path.join(folder, 'volumes', source))];
    const to = path.join(place, 'mounts', target);
    fs.cpSync(path.join(root, source), to, { recursive: true });
    return [target, to];
  }

  return (name) => {
    const service = compose.services[name];
    const place = path.join(folder, 'services', name);
    const moved = [
      ...(service.secrets ?? []).map((secret) => placeSecret(secret, path.join(place, 'secrets'))),
      ...(service.volumes ?? []).map((volume) => placeMount(volume, place)),
      ...(service.tmpfs ?? [])
        .map((tmpfs) => tmpfs.split(':')[0])
        .filter((target) => target !== '/tmp')
        .map((target) => [target, makeFolder(path.join(place, 'tmpfs', target))]),
    ];
    const move = (text) => moved.reduce((result, [from, to]) => result.replaceAll(from, to), String(text));
    const wanted = { ...image.environment, ...service.environment, ...ports, LISTEN_HOST: '127.0.0.1' };
    const env = Object.fromEntries(
      Object.entries(wanted)
        .filter(([key]) => !without.includes(key))
        .map(([key, value]) => [key, move(value)]),
    );
    return {
      service,
      move,
      env: { ...env, PATH: process.env.PATH, TMPDIR: makeFolder(path.join(place, 'tmp')) },
    };
  };
}

/** An address with another host in it, and another user where the stand-in knows but one. Other text as it is. */
function moveHost(text, hosts) {
  const found = URL.canParse(text) ? hosts[new URL(text).host] : undefined;
  if (found === undefined) return text;
  const url = new URL(text);
  const user = found.user ?? url.username;
  const password = found.user === undefined ? url.password : '';
  return `${url.protocol}//${user}:${password}@${found.host}${url.pathname}`;
}

/** A command in the image, as `docker run` with these words would start it. */
function startProcess(name, [program, ...args], { asUser, env, folder, image }) {
  const logFile = path.join(folder, `${name}.log`);
  const log = fs.openSync(logFile, 'a');
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: image.folder,
    env,
    stdio: ['ignore', log, log],
    ...asUser,
  });
  fs.closeSync(log);
  const state = { name, logFile, isRunning: true, kill: (signal) => child.kill(signal) };
  state.ended = new Promise((resolve) => {
    const end = (code) => {
      state.isRunning = false;
      resolve(code);
    };
    child.once('error', () => end(-1));
    child.once('exit', end);
  });
  return state;
}
