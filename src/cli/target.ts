import type { Target } from '../model/subject.ts'
import { usageError } from '../model/errors.ts'
import { withoutEnd } from '../model/without-end.ts'

/** The forms a target can take, for help and for complaints. */
export const TARGET_FORMS =
  'docker:NAME, podman:NAME, k8s:NS/POD[/CONTAINER], marathon:/APP, cgroup:/PATH, pid:N, host, or a bare name'

/**
 * Reads a target of the command line.
 *
 * @throws StellaError (usage) that names the form which was expected
 * @example parseTarget('k8s:shop/cart-0/app') // { kind: 'pod', namespace: 'shop', pod: 'cart-0', container: 'app' }
 */
export function parseTarget(text: string): Target {
  if (text === 'host') return { kind: 'host' }
  const colon = text.indexOf(':')
  if (colon === -1) return bareName(text)
  const value = text.slice(colon + 1)
  switch (text.slice(0, colon)) {
    case 'docker':
      return { kind: 'container', engine: 'docker', name: containerName(text, value) }
    case 'podman':
      return { kind: 'container', engine: 'podman', name: containerName(text, value) }
    case 'k8s':
      return pod(text, value)
    case 'marathon':
      return { kind: 'marathon', app: absolutePath(text, value, 'marathon:/APP') }
    case 'cgroup':
      return { kind: 'cgroup', path: absolutePath(text, value, 'cgroup:/PATH') }
    case 'pid':
      return { kind: 'process', pid: processId(text, value) }
    default:
      throw usageError(`unknown kind of target '${text}'`, null, `use ${TARGET_FORMS}`)
  }
}

/** Names and ids as the engines allow them; a leading slash is what their inspect output shows. */
const CONTAINER_NAME = /^\/?[a-zA-Z0-9][\w.-]{0,254}$/

function bareName(text: string): Target {
  if (!CONTAINER_NAME.test(text)) {
    throw usageError(`'${text}' is not a target`, null, `use ${TARGET_FORMS}`)
  }
  return { kind: 'name', name: text }
}

function containerName(text: string, name: string): string {
  if (!CONTAINER_NAME.test(name)) {
    throw usageError(
      `'${text}' names no container`,
      null,
      'use docker:NAME or podman:NAME, with the name or id of a container',
    )
  }
  return name.replace(/^\//, '')
}

/** RFC 1123 names, as the API server enforces them. */
const KUBERNETES_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/

function pod(text: string, value: string): Target {
  const parts = value.split('/')
  const [namespace, name, container] = parts
  const valid = parts.length <= 3 && parts.every((part) => KUBERNETES_NAME.test(part))
  if (!valid || namespace === undefined || name === undefined) {
    throw usageError(`'${text}' names no pod`, null, 'use k8s:NS/POD or k8s:NS/POD/CONTAINER')
  }
  return { kind: 'pod', namespace, pod: name, container: container ?? null }
}

function absolutePath(text: string, value: string, form: string): string {
  const hasParents = value.split('/').includes('..')
  // oxlint-disable-next-line no-control-regex
  if (!value.startsWith('/') || hasParents || /[\u0000-\u001f\u007f]/.test(value)) {
    throw usageError(`'${text}' names no absolute path`, null, `use ${form}`)
  }
  return withoutEnd(value, '/') || '/'
}

/** PID_MAX_LIMIT of 64-bit kernels (include/linux/threads.h). */
const LARGEST_PID = 4 * 1024 * 1024

function processId(text: string, value: string): number {
  const pid = /^\d{1,7}$/.test(value) ? Number(value) : 0
  if (pid < 1 || pid > LARGEST_PID) {
    throw usageError(`'${text}' names no process`, null, 'use pid:N with a process number')
  }
  return pid
}

/** A target as a command takes it, before it is quoted. */
export function targetWords(target: Target): string {
  switch (target.kind) {
    case 'container':
      return `${target.engine}:${target.name}`
    case 'pod':
      return `k8s:${target.namespace}/${target.pod}${target.container === null ? '' : `/${target.container}`}`
    case 'marathon':
      return `marathon:${target.app}`
    case 'cgroup':
      return `cgroup:${target.path}`
    case 'process':
      return `pid:${target.pid}`
    case 'host':
      return 'host'
    case 'name':
      return target.name
  }
}
