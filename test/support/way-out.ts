/**
 * Lets a build inside of the tests' Docker daemon reach package registries, and nothing else: the daemon has no network. A socket
 * file is the same in every network namespace, so that one half listens inside, and the other half connects outside.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { run, testbedFolder, until } from './testbed.ts'

export interface WayOut {
  /** What `docker build` needs for it. */
  options: readonly string[]
  close(): void
}

const ALLOWED = /^registry\.npmjs\.org:443$/
const INSIDE = `
const { connect, createServer } = require('node:net')
const [path] = process.argv.slice(1)
const server = createServer((near) => {
  const far = connect(path)
  near.on('error', () => far.destroy()).pipe(far)
  far.on('error', () => near.destroy()).pipe(near)
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port + ';'))
`

/** The daemon has to run. */
export async function openWayOut(): Promise<WayOut> {
  const path = join(testbedFolder('docker'), `way-out-${process.pid}.sock`)
  const outside = await listenOutside(path)
  const daemon = readFileSync(join(testbedFolder('docker'), 'daemon.pid'), 'utf8').trim()
  const enter = ['nsenter', `--net=/proc/${daemon}/ns/net`]
  // A new network namespace has not even itself; whether some container raised it before is chance.
  run([...enter, 'ip', 'link', 'set', 'lo', 'up'])
  const [program, ...args] = [...enter, process.execPath, '-e', INSIDE, path]
  const inside = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const proxy = `http://127.0.0.1:${await portOf(inside)}`
  return {
    options: [
      '--network=host',
      `--build-arg=HTTPS_PROXY=${proxy}`,
      `--build-arg=https_proxy=${proxy}`,
    ],
    close() {
      inside.kill('SIGKILL')
      outside.close()
      outside.closeAllConnections()
      rmSync(path, { force: true })
    },
  }
}

function listenOutside(path: string): Promise<Server> {
  const server = createServer((_, response) => response.writeHead(403).end())
  server.on('connect', (request, near) => {
    const target = request.url ?? ''
    if (!ALLOWED.test(target)) return void near.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    const [host = '', port = ''] = target.split(':')
    const far = connect(Number(port), host, () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n')
      near.pipe(far).pipe(near)
    })
    far.on('error', () => near.destroy())
    near.on('error', () => far.destroy())
  })
  return new Promise((resolve) => server.listen(path, () => resolve(server)))
}

async function portOf(inside: ChildProcess): Promise<number> {
  let out = ''
  let said = ''
  inside.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text))
  inside.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
  const port = await until('the way out', () =>
    inside.exitCode === null ? /^(\d+);/.exec(out)?.[1] : 'none',
  )
  if (port === 'none') throw new Error(`the way out did not open (${inside.exitCode}): ${said}`)
  return Number(port)
}
