import { formatBytes } from '../../../../model/bytes.ts'
import { EXIT, StellaError, usageError } from '../../../../model/errors.ts'
import {
  type OvercommitAnswer,
  overcommit as compute,
} from '../../../../simulate/overcommit/overcommit.ts'
import { type Promised, promisedIn } from '../../../../simulate/overcommit/promised.ts'
import type { CommonFlags } from '../../../common-flags.ts'
import type { CliContext } from '../../../context.ts'
import { STDIN } from '../../../evidence-flags.ts'
import { sizeWithBytes } from '../../../../report/size.ts'
import { textTable } from '../../../../report/table.ts'
import { printAnswer } from '../print.ts'

interface OvercommitFlags extends CommonFlags {
  host?: number
  limits?: readonly (number | null)[]
  requests?: readonly (number | null)[]
  reserve?: number
  from?: readonly string[]
}

/** `stella simulate overcommit`. */
export async function overcommit(this: CliContext, flags: OvercommitFlags): Promise<void> {
  const promised = await promisedBy(this, flags)
  const host = await hostOf(this, flags, promised)
  const reserveBytes = flags.reserve ?? 0
  if (host.bytes === 0)
    throw usageError('a machine of 0 bytes is none', '--host', 'give its memory')
  if (reserveBytes > host.bytes) {
    throw usageError('is more than the machine has', '--reserve', 'set aside a part of it')
  }
  const answer = compute({ ...promised, hostBytes: host.bytes, reserveBytes })
  const sentences = sentencesOf(answer, {
    reserveBytes,
    hostFrom: host.from,
    ended: promised.ended,
  })
  printAnswer(this.io, flags, {
    document: {
      /** What `stella simulate overcommit --json` prints: how much more is promised than there is. */
      schema: 'stella.simulate-overcommit/1',
      ...answer,
      containers: promised.limits.length,
      ended: promised.ended,
      hostBytes: host.bytes,
      hostFrom: host.from,
      reserveBytes,
      because: sentences,
    },
    headline: headline(answer, promised),
    tone: answer.missingBytes === 0 && (answer.requestRatio ?? 0) <= 1 ? 'good' : 'bad',
    parts: [{ lines: table(answer, promised, host.bytes, reserveBytes) }, { sentences }],
  })
}

async function promisedBy(context: CliContext, flags: OvercommitFlags): Promise<Promised> {
  const { from = [], limits, requests } = flags
  if (from.length > 0) {
    if (limits !== undefined || requests !== undefined) {
      throw usageError('--from and --limits or --requests exclude each other', null, 'choose one')
    }
    return promisedByFiles(context, [...new Set(from)])
  }
  if (limits === undefined && requests === undefined) {
    throw usageError(
      'nothing to add up: no container is named',
      null,
      "give --limits 512Mi,1Gi,none, or the output of 'docker inspect' with --from",
    )
  }
  return { limits: limits ?? [], requests: requests ?? [], ended: 0, hostBytes: null }
}

async function promisedByFiles(context: CliContext, paths: readonly string[]): Promise<Promised> {
  const engine = await context.engine()
  const options = paths.includes(STDIN) ? { stdin: context.io.stdin() } : {}
  const promised = promisedIn(await engine.readFiles(paths, options))
  if (promised.limits.length > 0) return promised
  throw new StellaError({
    exitCode: EXIT.inconclusive,
    what: promised.ended > 0 ? 'all containers have ended' : 'holds no containers',
    where: paths.join(', '),
    todo: "give the output of 'docker inspect', or pods as YAML or JSON",
  })
}

interface Host {
  bytes: number
  from: 'option' | 'evidence' | 'this machine'
}

async function hostOf(
  context: CliContext,
  flags: OvercommitFlags,
  promised: Promised,
): Promise<Host> {
  if (flags.host !== undefined) return { bytes: flags.host, from: 'option' }
  if (promised.hostBytes !== null) return { bytes: promised.hostBytes, from: 'evidence' }
  const engine = await context.engine()
  const { world } = await engine.collect({ kind: 'host' }, { since: context.io.now() })
  const { hostBytes } = promisedIn(world)
  if (hostBytes !== null) return { bytes: hostBytes, from: 'this machine' }
  throw usageError('the memory of this machine cannot be read', null, 'give it with --host')
}

function headline(answer: OvercommitAnswer, { limits }: Promised): string {
  const { limitBytes, withoutLimit, ratio, missingBytes, availableBytes } = answer
  if (answer.unbounded) {
    const who = withoutLimit === 1 ? '1 container has' : `${withoutLimit} containers have`
    return `There is no bound: ${who} no limit and can take all of the machine.`
  }
  if (limits.length === 0) {
    return `Requests add up to ${shareOf(answer.requestBytes, answer.requestRatio)} of ${formatBytes(availableBytes)}.`
  }
  const share = ratio === null ? 'more than there is' : percent(ratio)
  const sum = `Limits add up to ${formatBytes(limitBytes)}, ${share} of ${formatBytes(availableBytes)}`
  return missingBytes === 0
    ? `${sum}: all fit at once.`
    : `${sum}: ${formatBytes(missingBytes ?? 0)} are promised that the machine does not have.`
}

function table(
  answer: OvercommitAnswer,
  { limits }: Promised,
  hostBytes: number,
  reserveBytes: number,
): string[] {
  const rows = [
    ['machine', sizeWithBytes(hostBytes)],
    ['set aside', sizeWithBytes(reserveBytes)],
    ['for containers', sizeWithBytes(answer.availableBytes)],
    [`limits of ${limits.length - answer.withoutLimit}`, shareOf(answer.limitBytes, answer.ratio)],
    ['without a limit', String(answer.withoutLimit)],
    ['requests', shareOf(answer.requestBytes, answer.requestRatio)],
  ]
  return textTable(['Item', 'Size'], rows)
}

function sentencesOf(
  answer: OvercommitAnswer,
  about: { reserveBytes: number; hostFrom: Host['from']; ended: number },
): string[] {
  const sentences: string[] = []
  if (answer.missingBytes !== 0) {
    sentences.push(
      "When the machine runs out, the kernel kills by oom_score_adj and size, not by who exceeded what; 'stella simulate oom host' says whom.",
    )
  }
  if (about.reserveBytes === 0) {
    sentences.push(
      'Nothing is set aside for the kernel, the engine and other programs; --reserve does.',
    )
  }
  if (answer.requestRatio !== null && answer.requestRatio > 1) {
    sentences.push('Requests alone are more than that: Kubernetes would not place all of them.')
  }
  if (about.hostFrom === 'this machine')
    sentences.push('The memory is that of this machine; --host names another.')
  if (about.ended > 0) sentences.push(`${about.ended} that have ended are left out.`)
  return sentences
}

function shareOf(bytes: number | null, ratio: number | null): string {
  return `${sizeWithBytes(bytes)}${ratio === null ? '' : `, ${percent(ratio)}`}`
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 1_000) / 10} %`
}
