const wanted = [20, 19];

/** Ends the process with a clear sentence when this Node is too old to run anything here. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= wanted[1])) return;
  process.stderr.write(
    `CODITECT Analytics needs Node.js ${wanted.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).\n` +
      'Install a newer one (https://nodejs.org, or `nvm install` in this folder) and run the command again.\n',
  );
  process.exit(1);
}
