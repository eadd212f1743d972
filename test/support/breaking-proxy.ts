import { connect, createServer } from 'node:net'
import { portOf } from './port-of.ts'

/** A way to a server on which every connection breaks after some bytes. */
export interface BreakingProxy {
  host: string
  connections: number
  close(): void
}

export async function breakingProxy(target: string, bytes: number): Promise<BreakingProxy> {
  const [host = '', port = ''] = target.split(':')
  const proxy: BreakingProxy = { host: '', connections: 0, close: () => void server.close() }
  const server = createServer((near) => {
    proxy.connections += 1
    let left = bytes
    const far = connect(Number(port), host)
    near.on('error', () => far.destroy()).pipe(far)
    far.on('error', () => near.destroy())
    far.on('end', () => near.end())
    far.on('data', (chunk: Buffer) => {
      const piece = chunk.subarray(0, left)
      left -= piece.length
      near.write(piece, () => {
        if (left === 0) near.resetAndDestroy()
      })
      if (left === 0) far.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxy.host = `127.0.0.1:${portOf(server.address())}`
  return proxy
}
