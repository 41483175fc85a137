// Preloaded into child processes. They stand in process groups of their own, so that Ctrl-C reaches them in the
// order of the data and not all at once; when the parent is gone without a word, they end by themselves.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
