import { setFlagsFromString } from 'node:v8'
import { hostIdentity } from '../../../app/fleet/host-identity.ts'
import { startSender } from '../../../app/fleet/sender.ts'
import { startWatch } from '../../../app/watch/daemon.ts'
import { watchNode } from '../../../app/watch/node.ts'
import { notifier } from '../../../app/watch/notifier.ts'
import { usageError } from '../../../model/errors.ts'
import { hostReader } from '../../../sources/reader.ts'
import { entryDocument } from '../../../store/cases/entry-json.ts'
import { openCaseJournal } from '../../../store/cases.ts'
import type { JournalEntry } from '../../../store/cases.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import { clusterVariables } from '../../cluster-flags.ts'
import type { ClusterFlags } from '../../cluster-flags.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { WatchingFlags } from '../../watch-flags.ts'
import type { CliContext } from '../../context.ts'
import { printable } from '../../../report/printable.ts'
import { paintFor } from '../../render/paint.ts'
import { readToken } from '../../token.ts'
import { untilInterrupted } from './interrupted.ts'
import { parseWebhook } from './parse.ts'
import { entryLines } from './text.ts'

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
  const paint = paintFor(io, flags.noColor ?? false)
  const tell = (entry: JournalEntry): void => {
    if (flags.json === true) {
      io.out(`${JSON.stringify({ schema: 'stella.watch/1', ...entryDocument(entry) })}\n`)
    } else if (flags.quiet !== true || entry.kind !== 'watch') {
      io.out(`${entryLines(entry, paint).join('\n')}\n`)
    }
  }
  const token = readToken(flags.tokenFile, io.env)
  const interrupted = untilInterrupted()
  const reader = hostReader({ env: { ...io.env, ...clusterVariables(flags) } })
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
  try {
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
    await interrupted
    await running.stop()
    await notify?.flush()
    await node?.flush()
  } finally {
    node?.stop()
    await sender?.stop(SEND_MS)
    journal.close()
  }
}
