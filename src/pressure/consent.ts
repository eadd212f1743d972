/** Whose memory may be pressed: the rules of the blast radius. */
import { cgroupRelation, describeCgroupPath } from '../evidence/cgroup-path.ts'
import { refusedError } from '../model/errors.ts'

/** What names a subject, and what stands around it. */
export interface Naming {
  /** As it was asked for: `docker:web`. */
  named: string
  name: string
  path: string
  image: string | null
  labels: Readonly<Record<string, string>>
  /** Of a container: `NAME=value`. */
  env: readonly string[]
  hostName: string
  /** The group that stella itself lives in; null: not known. */
  ownPath: string | null
}

/** A label with which somebody allows it once and for all. */
export const LABEL = 'stella.pressure'
const ALLOWED = 'allow'
/** Names that stella gives to what it makes itself. */
const OWN_PREFIXES = ['stella-lab-', 'stella-test-']

const PRODUCTION = /(?:^|[^a-z])(?:prod|production|prd)\d*(?:[^a-z]|$)/i
/** Labels and variables that say where something runs. NODE_ENV and RAILS_ENV do not: they say how it was built. */
const WHERE_KEYS =
  /^(?:.*[./-])?(?:env|environment|stage|tier|app_env|deploy_env|deployment_environment|spring_profiles_active)$/i
/** Groups that hold much more than one workload. */
const SHARED =
  /^(?:\/|\/(?:system|user|machine|kubepods)[^/]*|\/(?:init\.scope|docker|podman|libpod_parent|lxc|mesos))$/

/**
 * @param consent somebody said that it is theirs
 * @throws StellaError (usage) where it may not be pressed
 */
export function refuseForeign(naming: Naming, consent: boolean): void {
  const { named, path, ownPath } = naming
  if (SHARED.test(path)) {
    throw forbidden('holds more than one workload', named, 'name one container or one group in it')
  }
  if (describeCgroupPath(path).podUid !== null) {
    throw forbidden(
      'is a pod, and the kubelet would work against it',
      named,
      'try it with a container of Docker or Podman, or with a memory group',
    )
  }
  if (ownPath !== null && ['same', 'ancestor'].includes(cgroupRelation(path, ownPath))) {
    throw forbidden(
      'holds this stella, which has to watch from outside',
      named,
      'start stella from another group',
    )
  }
  const sign = productionSign(naming)
  if (sign !== null) {
    throw forbidden(
      `looks like production: ${sign}`,
      named,
      'experiment with a copy of it; no option allows this',
    )
  }
  if (consent || isOwn(naming)) return
  throw forbidden(
    'is not known to be yours',
    named,
    `say so with --i-own-this, or give it the label ${LABEL}=${ALLOWED}`,
  )
}

function isOwn({ name, path, labels }: Naming): boolean {
  if (labels[LABEL] === ALLOWED) return true
  return [name, ...path.split('/')].some((word) =>
    OWN_PREFIXES.some((prefix) => word.startsWith(prefix)),
  )
}

/** Null: nothing about it says so. */
function productionSign(naming: Naming): string | null {
  const { named, name, path, image, labels, env, hostName } = naming
  const words: readonly (readonly [string, string])[] = [
    ['its name', named],
    ['its name', name],
    ['its group', path],
    ['its image', image ?? ''],
    ['this machine', hostName],
    ...Object.entries(labels).flatMap(([key, value]): [string, string][] =>
      WHERE_KEYS.test(key) || key.startsWith('com.docker.compose.project')
        ? [[`its label ${key}`, value]]
        : [],
    ),
    ...env.flatMap((word): [string, string][] => {
      const [key = '', value = ''] = word.split('=', 2)
      return WHERE_KEYS.test(key) ? [[`its variable ${key}`, value]] : []
    }),
  ]
  const found = words.find(([, text]) => PRODUCTION.test(text))
  return found === undefined ? null : `${found[0]} is ${found[1].slice(0, 80)}`
}

function forbidden(what: string, where: string, todo: string): Error {
  return refusedError('forbidden', what, where, todo)
}
