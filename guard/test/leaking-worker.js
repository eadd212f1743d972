// A worker that keeps what it is given: '{ keep: MiB }', or ends: '{ exit: code }'. Answers with its PID.
const kept = []
process.on('message', ({ keep = 0, exit }) => {
  if (exit !== undefined) process.exit(exit)
  kept.push(Buffer.alloc(keep * 1024 * 1024, 1))
  process.send(process.pid)
})
