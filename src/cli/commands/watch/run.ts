import { setFlagsFromString } from 'node:v8'
import { hostIdentity } from '../../../app/fleet/host-identity.ts'
import { startSender } from '../../../app/fleet/sender.ts'
import { startWatch } from '../../../app/watch/daemon.ts'
import { watchNode } from '../../../app/watch/node.ts'
import { notifier } from '../../../app/watch/notifier.ts'
import { usageError } from '../../../model/errors.ts'
import { clusterAccess } from '../../../sources/kubernetes/access.ts'
import { hostReader } from '../../../sources/reader.ts'
import { openCaseJournal } from '../../../store/cases.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import { clusterVariables } from '../../cluster-flags.ts'
import type { ClusterFlags } from '../../cluster-flags.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { WatchingFlags } from '../../watch-flags.ts'
import type { CliContext } from '../../context.ts'
import { printable } from '../../../report/printable.ts'
import { readToken } from '../../token.ts'
import { aborted, untilSignal } from '../../until-signal.ts'
import { parseWebhook } from './parse.ts'
import { teller } from './teller.ts'

export interface WatchFlags
  extends CommonFlags, WatchingFlags, Pick<ClusterFlags, 'kubeconfig' | 'context'> {
  node?: string
  events?: 'kubernetes'
  webhook?: URL
  to?: URL
  tokenFile?: string
  data?: string
}

/** What a round leaves behind is dead by the next one: a larger space for it only costs memory. */
const KEEP_YOUNG_SPACE_SMALL = '--semi-space-growth-factor=1'
/** How long it is waited at the end for what is not sent yet. */
const SEND_MS = 3_000

/** `stella watch`. */
export async function watch(this: CliContext, flags: WatchFlags): Promise<void> {
  setFlagsFromString(KEEP_YOUNG_SPACE_SMALL)
  const { io } = this
  if (flags.warn > flags.critical) {
    throw usageError('--warn is above --critical', null, 'give a smaller share, as in --warn 80')
  }
  const nodeName = flags.node ?? io.env['NODE_NAME'] ?? ''
  if (flags.events === 'kubernetes' && nodeName === '') {
    throw usageError(
      'nobody says which node this is',
      '--events',
      'give its name with --node, or with NODE_NAME from spec.nodeName',
    )
  }
  const fromEnvironment = io.env['STELLA_WEBHOOK']
  const url =
    flags.webhook ??
    (fromEnvironment === undefined || fromEnvironment === '' ? null : parseWebhook(fromEnvironment))
  const tell = teller(io, flags)
  const token = readToken(flags.tokenFile, io.env)
  const reader = hostReader({ env: { ...io.env, ...clusterVariables(flags) } })
  // What a cluster does not answer now is asked again; a description of it that was named has to be there.
  if (nodeName !== '' && flags.kubeconfig !== undefined) await clusterAccess(reader)
  const folder = dataFolder(flags.data, io.env, process.getuid?.() === 0)
  const journal = openCaseJournal(folder, { now: reader.now })
  const notify =
    url === null
      ? null
      : notifier(url, { since: reader.now(), onTrouble: (says) => io.err(`stella: ${says}\n`) })
  const node =
    nodeName === ''
      ? null
      : watchNode(reader, {
          name: nodeName,
          writesEvents: flags.events === 'kubernetes',
          onTrouble: (says) => io.err(`stella: ${says}\n`),
        })
  const sender =
    flags.to === undefined
      ? null
      : startSender({
          url: flags.to,
          token,
          host: hostIdentity(reader),
          dataFolder: folder,
          onTrouble: (why) =>
            io.err(
              `stella: ${why === null ? 'the server takes cases again' : `${why}: cases are kept here and sent later`}\n`,
            ),
          onLost: (says) => io.err(`stella: ${says}\n`),
        })
  async function watchUntil(asked: AbortSignal): Promise<void> {
    const running = startWatch({
      reader,
      journal,
      pods: node?.pods ?? null,
      intervalMs: flags.interval,
      thresholds: { warning: flags.warn, critical: flags.critical },
      onEntry(entry) {
        tell(entry)
        notify?.take(entry)
        node?.take(entry)
        sender?.put(entry)
      },
    })
    io.err(`watching; cases go to ${printable(journal.folder)}\n`)
    await aborted(asked)
    await running.stop()
    await notify?.flush()
    await node?.flush()
  }
  try {
    await untilSignal(watchUntil)
  } finally {
    node?.stop()
    await sender?.stop(SEND_MS)
    journal.close()
  }
}
