/**
 * Preloaded into child processes started with an IPC channel: a parent that dies, even by SIGKILL, closes the channel,
 * and the child must not outlive it.
 */
process.once('disconnect', () => {
  // A child that handles SIGTERM gets the chance to save what it holds.
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(0), 5000).unref();
});
// Without a listener for messages the channel would not be read, and its end not be seen.
process.on('message', () => undefined);
process.channel?.unref();
