import { connect } from 'node:net'

/** Asks a server of FastCGI to run a script, and resolves with all it says until it hangs up. */
export function askFastCgi(socketPath: string, script: string): Promise<string> {
  const parameters = Object.entries({
    SCRIPT_FILENAME: script,
    SCRIPT_NAME: '/x.php',
    REQUEST_METHOD: 'GET',
  }).map(([name, value]) =>
    Buffer.concat([Buffer.from([name.length, value.length]), Buffer.from(name + value)]),
  )
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    const said: Buffer[] = []
    socket.on('data', (chunk) => said.push(chunk))
    socket.on('close', () => resolve(Buffer.concat(said).toString('latin1')))
    // A worker that is killed says nothing more.
    socket.on('error', () => socket.destroy())
    socket.write(
      Buffer.concat([
        record(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])),
        record(4, Buffer.concat(parameters)),
        record(4, Buffer.alloc(0)),
        record(5, Buffer.alloc(0)),
      ]),
    )
  })
}

/** FastCGI specification, 3.3: version 1, a kind, request 1, its length. */
function record(kind: number, content: Buffer): Buffer {
  const head = Buffer.from([1, kind, 0, 1, content.length >> 8, content.length & 255, 0, 0])
  return Buffer.concat([head, content])
}
