import type { KubeConfig } from '@kubernetes/client-node'
import { existsSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import { delimiter, join } from 'node:path'
import { errorCode } from '../../model/error-code.ts'
import { unreachableError, usageError } from '../../model/errors.ts'
import { isLoopback } from '../../model/loopback.ts'
import { unreadInput } from '../../model/unread-input.ts'
import { errorMessage } from '../../model/error-message.ts'
import type { Reader } from '../reader.ts'

/** Which cluster is asked, and how it lets us in. */
export interface ClusterAccess {
  /** Address of the API server, without credentials: it stands in error texts. */
  where: string
  server: URL
  /** Null inside a cluster, where there is one alone. */
  context: string | null
  /** Namespace of the context; `default` where it names none. */
  namespace: string
  /** Where lists are of one namespace alone, because somebody wants that one: it. */
  onlyNamespace: string | null
  /** Certificates, headers and proxy of one call; tokens that run out are made anew. */
  authorize(options: RequestOptions): Promise<void>
}

/** Mounted into every pod whose service account may ask the API server. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

const LOGIN =
  'log in with kubectl, or say with --kubeconfig or KUBECONFIG where the cluster is described'

/**
 * The cluster that kubectl would ask: the files of KUBECONFIG, else `~/.kube/config`, else the cluster that stella runs in.
 * `STELLA_KUBE_CONTEXT` names another context than the current one, `STELLA_KUBE_NAMESPACE` the one namespace that is wanted.
 *
 * @throws StellaError 2 where a file is damaged, a context is not in it, or its server takes everything in plain text; 3 where no cluster is described
 */
export async function clusterAccess(reader: Reader): Promise<ClusterAccess> {
  // Loaded when a cluster is asked: it takes 30 MiB.
  const { KubeConfig: Config } = await import('@kubernetes/client-node')
  const config = new Config()
  const files = configFiles(reader)
  if (files.length > 0) for (const file of files) merge(config, new Config(), file)
  else if (runsInCluster(reader)) config.loadFromCluster()
  else
    throw unreachableError(
      'no Kubernetes cluster is described here',
      null,
      `${LOGIN}; what was saved can be given with --from`,
    )
  choose(config, reader.env['STELLA_KUBE_CONTEXT'])
  return accessBy(config, reader.env['STELLA_KUBE_NAMESPACE'] ?? null)
}

function configFiles({ env }: Reader): string[] {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '')
  // As kubectl does: files of the list that do not exist are left out.
  if (named.length > 0) {
    const there = named.filter((path) => existsSync(path))
    if (there.length > 0) return there
    throw unreachableError('there is no such file', named.join(', '), LOGIN)
  }
  const home = env['HOME'] ?? ''
  const usual = join(home, '.kube/config')
  return home !== '' && existsSync(usual) ? [usual] : []
}

function runsInCluster({ env }: Reader): boolean {
  return env['KUBERNETES_SERVICE_HOST'] !== undefined && existsSync(`${SERVICE_ACCOUNT}/token`)
}

function merge(config: KubeConfig, read: KubeConfig, file: string): void {
  try {
    read.loadFromFile(file)
    config.mergeConfig(read)
  } catch (error) {
    if (errorCode(error) !== 'unknown') throw unreadInput(error, file, LOGIN)
    throw usageError(
      `it describes no cluster (${firstLine(error)})`,
      file,
      "compare it with what 'kubectl config view' writes",
    )
  }
}

function choose(config: KubeConfig, wanted: string | undefined): void {
  if (wanted !== undefined && wanted !== '') config.setCurrentContext(wanted)
  const name = config.getCurrentContext()
  if (config.getContextObject(name) !== null && config.getCurrentCluster() !== null) return
  const known = config.getContexts().map((context) => context.name)
  throw usageError(
    name ? `there is no context ${name}` : 'no context is chosen',
    'kubeconfig',
    known.length === 0
      ? LOGIN
      : `choose one of ${known.slice(0, 8).join(', ')} with 'kubectl config use-context'`,
  )
}

function accessBy(config: KubeConfig, onlyNamespace: string | null): ClusterAccess {
  const address = config.getCurrentCluster()?.server ?? ''
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw usageError(
      'the address of the cluster is none',
      'kubeconfig',
      'write it as https://HOST:6443',
    )
  }
  const server = new URL(address)
  if (server.protocol === 'http:') allowPlain(config, server)
  const name = config.getCurrentContext()
  return {
    where: server.origin,
    server,
    context: name === '' ? null : name,
    namespace: onlyNamespace ?? config.getContextObject(name)?.namespace ?? 'default',
    onlyNamespace,
    async authorize(options) {
      try {
        await config.applyToHTTPSOptions(options)
      } catch (error) {
        throw unreachableError(
          `who asks could not be said (${firstLine(error)})`,
          server.origin,
          'log in again, and check what the kubeconfig names for it',
          { cause: error },
        )
      }
    },
  }
}

/** As behind `kubectl proxy`: what goes there leaves this machine by no cable. Elsewhere tokens would be read on the way. */
function allowPlain(config: KubeConfig, server: URL): void {
  if (!isLoopback(server.host)) {
    throw usageError(
      'it is asked in plain text, and would be told who asks',
      server.origin,
      "write its address with https://, or start 'kubectl proxy' where it is reached and name http://127.0.0.1:8001",
    )
  }
  // Its client refuses any plain server, unless one says so.
  config.clusters = config.clusters.map((cluster) =>
    cluster === config.getCurrentCluster() ? { ...cluster, skipTLSVerify: true } : cluster,
  )
}

/** Errors of the YAML reader and of login programs quote what they read; their first line does not. */
function firstLine(error: unknown): string {
  return errorMessage(error).split('\n', 1)[0] ?? ''
}
