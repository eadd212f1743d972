import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { run, testbedFolder, until } from './testbed.ts'
import { TOKEN_ISSUER, TOKEN_SERVICE } from './token-server.ts'

const execute = promisify(execFile)

/** A registry of the tests' own on loopback: Debian's docker-registry, storing into a folder of its own. */
export interface TestRegistry {
  /** `127.0.0.1:40123`. */
  host: string
  /** Puts an image into it with skopeo; not at once, for who gives tokens may be this process. */
  push(source: string, name: string, ...options: string[]): Promise<void>
  /** Where it stored a blob. */
  blobFile(digest: string): string
  stop(): Promise<void>
}

/** Who is let in; null: everybody. */
export type RegistryAuth =
  | { kind: 'basic'; user: string; password: string }
  | { kind: 'token'; realm: string; certificate: string }
  | null

export async function startRegistry(auth: RegistryAuth = null): Promise<TestRegistry> {
  const folder = mkdtempSync(join(testbedFolder('registry'), 'r'))
  const host = `127.0.0.1:${await freePort()}`
  writeFileSync(join(folder, 'config.yml'), configuration(folder, host, auth))
  const server = spawn('docker-registry', ['serve', join(folder, 'config.yml')], {
    stdio: 'ignore',
    env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
  })
  await untilAnswers(host, server)
  const credentials = auth?.kind === 'basic' ? [`--dest-creds=${auth.user}:${auth.password}`] : []
  return {
    host,
    async push(source, name, ...options) {
      const dest = `docker://${host}/${name}`
      const copy = ['--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false']
      await execute('skopeo', [...copy, ...credentials, ...options, source, dest])
    },
    blobFile(digest) {
      const hex = digest.slice('sha256:'.length)
      const blobs = join(folder, 'data/docker/registry/v2/blobs/sha256')
      return join(blobs, hex.slice(0, 2), hex, 'data')
    },
    async stop() {
      server.kill('SIGKILL')
      await until('registry ends', () => server.exitCode !== null || server.signalCode !== null)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function configuration(folder: string, host: string, auth: RegistryAuth): string {
  return JSON.stringify({
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: host },
    ...(auth === null ? {} : { auth: authConfiguration(folder, auth) }),
  })
}

function authConfiguration(folder: string, auth: Exclude<RegistryAuth, null>): object {
  if (auth.kind === 'token') {
    const { realm, certificate } = auth
    return {
      token: {
        realm,
        service: TOKEN_SERVICE,
        issuer: TOKEN_ISSUER,
        rootcertbundle: certificate,
      },
    }
  }
  // No htpasswd of Apache here; crypt(3) of perl makes the same bcrypt lines.
  const salt = '$2y$05$abcdefghijklmnopqrstuu'
  const script = 'print crypt($ARGV[0], $ARGV[1])'
  const hash = run(['perl', '-e', script, auth.password, salt])
  const path = join(folder, 'htpasswd')
  writeFileSync(path, `${auth.user}:${hash}\n`)
  return { htpasswd: { realm: 'stella-test', path } }
}

async function untilAnswers(host: string, server: ChildProcess): Promise<void> {
  const end = Date.now() + 20_000
  while (Date.now() < end && server.exitCode === null) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => null)
    await answer?.body?.cancel()
    if (answer !== null) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('docker-registry does not answer')
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}
