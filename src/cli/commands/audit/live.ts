import { counted } from '../../../model/counted.ts'
import { writeFile } from 'node:fs/promises'
import type { AuditInput } from '../../../audit/engine.ts'
import { unreachableError, usageError } from '../../../model/errors.ts'
import { errorCode } from '../../../model/error-code.ts'
import type { ClusterSurvey } from '../../../investigate/survey/cluster/survey-cluster.ts'
import type { Survey } from '../../../investigate/survey/survey.ts'
import { atClusters, type ManyPodsFlags, namesCluster } from '../../cluster-flags.ts'
import type { CliContext } from '../../context.ts'
import { printable } from '../../../report/printable.ts'

interface LiveFlags extends ManyPodsFlags {
  live?: boolean
  cluster?: boolean
  evidence?: string
}

/** What runs here or on a cluster, as documents to be judged beside the files. */
export interface LiveInputs {
  inputs: readonly AuditInput[]
  /** What was looked at: `this machine and 2 containers`. */
  says: string
  /** Null: a machine. */
  cluster: Omit<ClusterSurvey, 'documents' | 'unread'> | null
  /** What could not be asked: the rest is judged all the same. */
  unasked: readonly string[]
}

/** Whether the call asks for a cluster: whoever names one means it. */
export function meansCluster(flags: LiveFlags): boolean {
  return flags.cluster === true || namesCluster(flags)
}

/**
 * Looks at this machine or at a cluster where the call asks for it, and saves what it saw where the call says so. Null: it does
 * not ask.
 *
 * @throws StellaError 2 where the file exists already, 3 where nothing can be read or the file cannot be written
 */
export async function liveInputs(
  context: CliContext,
  flags: LiveFlags,
): Promise<LiveInputs | null> {
  const { live = false, evidence } = flags
  const isCluster = meansCluster(flags)
  if (!live && !isCluster) {
    if (evidence === undefined) return null
    throw usageError(
      'saves what a machine or a cluster shows',
      '--evidence',
      'give it together with --live or --cluster',
    )
  }
  const seen = isCluster ? await seenCluster(context, flags) : await seenMachine(context)
  const { documents, ...inputs } = seen
  if (evidence !== undefined) await save(evidence, documents)
  return {
    ...inputs,
    inputs: documents.map((file) => ({
      file,
      variables: new Map(),
      isNamed: true,
      isDump: true,
    })),
  }
}

type Seen = Omit<LiveInputs, 'inputs'> & Pick<Survey, 'documents'>

async function seenMachine(context: CliContext): Promise<Seen> {
  const { documents, unread } = await (await context.engine()).survey()
  const says = `this machine and ${counted(documents.length - 1, 'container')}`
  return { documents, says, cluster: null, unasked: unread }
}

async function seenCluster(context: CliContext, flags: LiveFlags): Promise<Seen> {
  const engine = await atClusters(context, flags).engine()
  const { documents, unread, ...cluster } = await engine.surveyCluster()
  const { workloads, pods, nodes } = cluster
  const says =
    flags.namespace === undefined
      ? `a cluster of ${counted(workloads, 'workload')}, ${counted(pods, 'pod')} and ${counted(nodes, 'node')}`
      : `namespace ${flags.namespace}, ${counted(workloads, 'workload')} and ${counted(pods, 'pod')}`
  return { documents, says, cluster, unasked: unread }
}

/** One file for all: JSON documents are YAML, too, and may follow one another there. */
async function save(
  path: string,
  documents: readonly { path: string; text: string }[],
): Promise<void> {
  const text = documents
    .map((document) => `--- # ${printable(document.path)}\n${document.text}`)
    .join('')
  try {
    // What runs on a machine is nobody else's business, and no file of the user is lost.
    await writeFile(path, text, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    const code = errorCode(error)
    if (code === 'EEXIST') throw usageError('exists already', path, 'name a new file')
    const todo = 'name a file in a folder that you may write to'
    throw unreachableError(`cannot be written (${code})`, path, todo, { cause: error })
  }
}
