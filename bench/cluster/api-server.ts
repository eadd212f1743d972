/** A real API server with its etcd and nothing else: what is written to it stays as it is, because no kubelet and no controller acts on it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kubernetesProgram } from '../../scripts/kubernetes/programs.ts'
import { createIdentities } from '../../test/support/cluster/identities.ts'
import { portOf } from '../../test/support/port-of.ts'
import { until } from '../../test/support/testbed.ts'

export interface BareApiServer extends AsyncDisposable {
  kubeconfig: string
  /** Status of the answer. */
  send(method: string, path: string, object: object | null): Promise<number>
}

export async function bareApiServer(): Promise<BareApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'stella-bench-'))
  const children: ChildProcess[] = []
  const start = (name: Parameters<typeof kubernetesProgram>[0], args: readonly string[]): void => {
    const log = openSync(join(folder, `${name}.log`), 'a')
    const child = spawn('setpriv', ['--pdeathsig=KILL', kubernetesProgram(name), ...args], {
      stdio: ['ignore', log, log],
    })
    children.push(child)
  }
  const [client, peer, api] = [await freePort(), await freePort(), await freePort()]
  const identities = createIdentities(join(folder, 'pki'))
  const serving = identities.server('kube-apiserver', ['IP:127.0.0.1'])
  const token = randomBytes(16).toString('hex')
  writeFileSync(join(folder, 'tokens'), `${token},bench,bench,system:masters\n`, { mode: 0o600 })
  start('etcd', [
    `--data-dir=${join(folder, 'etcd')}`,
    '--unsafe-no-fsync',
    '--log-level=error',
    `--listen-client-urls=http://127.0.0.1:${client}`,
    `--advertise-client-urls=http://127.0.0.1:${client}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
  ])
  start('kube-apiserver', [
    `--etcd-servers=http://127.0.0.1:${client}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${api}`,
    `--tls-cert-file=${serving.certificate}`,
    `--tls-private-key-file=${serving.key}`,
    `--token-auth-file=${join(folder, 'tokens')}`,
    '--authorization-mode=AlwaysAllow',
    '--disable-admission-plugins=ServiceAccount',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${identities.tokens.certificate}`,
    `--service-account-signing-key-file=${identities.tokens.key}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--profiling=false',
  ])
  const server = `https://127.0.0.1:${api}`
  const agent = new Agent({ keepAlive: true, maxSockets: 16, rejectUnauthorized: false })
  const send: BareApiServer['send'] = async (method, path, object) =>
    new Promise((resolve, reject) => {
      const body = object === null ? '' : JSON.stringify(object)
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const call = request(`${server}${path}`, { method, agent, headers }, (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode ?? 0))
        answer.on('error', reject)
      })
      call.on('error', reject)
      call.end(body)
    })
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, JSON.stringify(configFor(server, token)), { mode: 0o600 })
  const stop = async (): Promise<void> => {
    agent.destroy()
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(children.map(ended))
    rmSync(folder, { recursive: true })
  }
  try {
    const isReady = (): Promise<boolean> =>
      send('GET', '/readyz', null).then(
        (status) => status === 200,
        () => false,
      )
    await until('the API server is ready', isReady, 60_000)
  } catch (error) {
    await stop()
    throw error
  }
  return { kubeconfig, send, [Symbol.asyncDispose]: stop }
}

function configFor(server: string, token: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'bench',
    clusters: [{ name: 'bench', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'bench', user: { token } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise((resolve) => child.once('exit', resolve))
}

/** One that nobody listens on at the moment. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server.address())
  await new Promise((resolve) => server.close(resolve))
  return port
}
