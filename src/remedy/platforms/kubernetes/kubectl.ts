import * as z from 'zod/mini'
import { unreachableError, usageError, type StellaError } from '../../../model/errors.ts'
import { parseRecord } from '../../../parsers/json-fields.ts'
import type { Hands } from '../../driver.ts'

/** An object of the API server, as it was received. */
export type ApiObject = Readonly<Record<string, unknown>>

export interface ObjectName {
  /** As kubectl writes it: `pod`, `deployment`. */
  kind: string
  namespace: string
  name: string
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024

export type KubectlAnswer = { ok: true; text: string } | { ok: false; reason: string }

/** Runs kubectl with the user's own context and rights. */
export async function kubectl(args: readonly string[], hands: Hands): Promise<KubectlAnswer> {
  const { reader, signal } = hands
  const result = await reader.run(['kubectl', ...args], {
    signal,
    maxBytes: MAX_ANSWER_BYTES,
    env: reader.env,
  })
  if (result.outcome === 'exited' && result.exitCode === 0) return { ok: true, text: result.stdout }
  hands.signal.throwIfAborted()
  if (result.outcome === 'missing') {
    throw unreachableError(
      'the program kubectl is not installed',
      null,
      'install it, or run stella where it is',
    )
  }
  const reason = result.stderr.trim().split('\n').at(-1) ?? ''
  return { ok: false, reason: reason === '' ? 'kubectl gave no reason' : reason.slice(0, 500) }
}

/** @throws StellaError where there is no such object, or it may not be read */
export async function getObject(object: ObjectName, hands: Hands): Promise<ApiObject> {
  refuseStrangeNames(object)
  const { kind, namespace, name } = object
  const answer = await kubectl(['-n', namespace, 'get', kind, name, '-o', 'json'], hands)
  if (!answer.ok) throw refusedBy(answer.reason, object)
  const parsed = parseRecord(answer.text)
  if (parsed !== null) return parsed
  throw unreachableError(
    'kubectl did not answer with JSON',
    nameOf(object),
    'see kubectl get -o json',
  )
}

/** Names become arguments and parts of addresses. */
function refuseStrangeNames({ kind, namespace, name }: ObjectName): void {
  const isName = (word: string): boolean => /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(word)
  if (isName(namespace) && isName(name)) return
  throw usageError(
    `${namespace}/${name} is no name of a ${kind}`,
    null,
    'write it as k8s:NAMESPACE/POD',
  )
}

export function nameOf({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace}/${name}`
}

/** What the API server said, with the right that is missing where one is. */
export function refusedBy(reason: string, object: ObjectName): StellaError {
  const says = reason.replace(/^Error from server(?: \(\w+\))?: /, '')
  return unreachableError(says, nameOf(object), todoFor(reason))
}

function todoFor(reason: string): string {
  if (/NotFound|not found/.test(reason)) return 'see the pods that there are: kubectl get pods -A'
  if (/Forbidden|cannot (?:get|patch|update)/.test(reason)) {
    return 'use a context that has this right (kubectl auth can-i), or ask who gives it'
  }
  if (/Invalid|invalid|exceeded quota|must be/.test(reason)) return 'ask for another limit'
  return 'see whether kubectl reaches the cluster: kubectl version'
}

export function isConflict(reason: string): boolean {
  return /\(Conflict\)|the object has been modified/.test(reason)
}

/** From 1.24 on --subresource is known, and from 1.32 on with any subresource that the server has. */
const RESIZE_CLIENT = 32
/** In-place resize is on by default since 1.33 (KEP-1287). */
const RESIZE_SERVER = 33
/** Before this a memory limit could not be lowered without a restart of the container. */
const LOWER_SERVER = 34

export interface Abilities {
  resize: boolean
  lowerInPlace: boolean
  /** Whether kubectl can name the subresource; else the request is written out. */
  subresource: boolean
}

const Version = z.object({ major: z.string(), minor: z.string() })
const Versions = z.object({ clientVersion: Version, serverVersion: z.optional(Version) })

export async function abilities(hands: Hands): Promise<Abilities> {
  const answer = await kubectl(['version', '-o', 'json'], hands)
  const versions = answer.ok ? Versions.safeParse(parseRecord(answer.text)).data : undefined
  if (versions?.serverVersion === undefined) {
    const reason = answer.ok ? 'kubectl does not tell the version of the server' : answer.reason
    throw unreachableError(reason, null, 'see whether kubectl reaches the cluster: kubectl version')
  }
  const [client, server] = [minorOf(versions.clientVersion), minorOf(versions.serverVersion)]
  return {
    resize: server >= RESIZE_SERVER,
    lowerInPlace: server >= LOWER_SERVER,
    subresource: client >= RESIZE_CLIENT,
  }
}

/** Clouds write `33+`. */
function minorOf({ major, minor }: z.infer<typeof Version>): number {
  return Number(major) > 1 ? Infinity : Number.parseInt(minor, 10)
}
