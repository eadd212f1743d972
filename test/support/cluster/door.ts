/** Takes a listening socket from whoever started it, and passes each connection on to a port of its own network. */
import { Server, connect } from 'node:net'

const port = Number(process.argv[2])

process.on('message', (_, server) => {
  if (!(server instanceof Server)) return
  server.on('connection', (from) => {
    const to = connect(port, '127.0.0.1')
    from.pipe(to).pipe(from)
    from.on('error', () => to.destroy())
    to.on('error', () => from.destroy())
  })
  process.send?.('open')
})
