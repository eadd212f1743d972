import type { KubernetesApi } from './api.ts'
import { listPages } from './pages.ts'
import type { Page } from './pages.ts'
import { ApiProblem, asStellaError } from './problem.ts'

/** A kind of object that is listed. */
export interface Listed {
  /** `/apis/apps/v1`. */
  group: string
  /** `deployments`. */
  resource: string
  /** False: its objects stand in namespaces. */
  isOfCluster?: boolean
}

/**
 * How much of a list was read: all of it, what one namespace has (and why no more, where that is not what was wanted), or nothing,
 * because the server does not know the kind or says no.
 */
export type Reach =
  | { kind: 'all' }
  | { kind: 'namespace'; says: string | null }
  | { kind: 'unknown kind' }
  | { kind: 'none'; says: string; missesRight: boolean }

/**
 * Reads a list of the whole cluster, or of the one namespace that is wanted, page by page. Whoever may not read the whole is shown
 * the namespace of the context, where they may.
 *
 * @param take is called with each page before the next is asked for; a page that is `anew` begins the list again
 * @throws StellaError 3 where the API server is out of reach, or does not know who asks
 */
export async function readListed(
  api: KubernetesApi,
  listed: Listed,
  signal: AbortSignal,
  take: (page: Page) => void,
): Promise<Reach> {
  const { group, resource, isOfCluster = false } = listed
  const { namespace, onlyNamespace } = api.access
  const ofNamespace = `${group}/namespaces/${namespace}/${resource}`
  if (onlyNamespace !== null && !isOfCluster) {
    const problem = await tried(api, ofNamespace, signal, take)
    return problem === null ? { kind: 'namespace', says: null } : refusalOf(problem, resource)
  }
  const whole = await tried(api, `${group}/${resource}`, signal, take)
  if (whole === null) return { kind: 'all' }
  const right = whole.missingRight
  if (right === null || isOfCluster) return refusalOf(whole, resource)
  const part = await tried(api, ofNamespace, signal, take)
  if (part !== null) return refusalOf(whole, resource)
  return {
    kind: 'namespace',
    says: `of ${resource} only those of the namespace ${namespace} were read: a right is missing: ${right}`,
  }
}

async function tried(
  api: KubernetesApi,
  path: string,
  signal: AbortSignal,
  take: (page: Page) => void,
): Promise<ApiProblem | null> {
  try {
    for await (const page of listPages(api, { path, signal })) take(page)
    return null
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (error.kind === 'unreachable' || error.kind === 'unauthenticated') {
      throw asStellaError(error, api.access.where)
    }
    return error
  }
}

function refusalOf(problem: ApiProblem, resource: string): Reach {
  if (problem.kind === 'missing') return { kind: 'unknown kind' }
  return {
    kind: 'none',
    says: `the ${resource} could not be read: ${problem.reason}`,
    missesRight: problem.missingRight !== null,
  }
}
