import type { EvidenceSource, Observation } from '../../model/evidence.ts'
import type { KernelLogCoverage } from '../../model/kernel.ts'
import type { Origin } from '../format.ts'
import type { OpenReport } from './open-report.ts'
import { Reports } from './reports.ts'
import type { LogLine, Transport } from './line.ts'
import { observeReport, observeOther } from './observe.ts'
import type { Said } from './wording.ts'
import { TAGGED_WORDINGS, WORDINGS } from './wordings/index.ts'
import { Joiner } from './wrapped.ts'

/** What a line holds that says something by itself, or that may go on in the next: one look before the many. */
const WORTH_A_LOOK =
  /oom|OOM|ill|panic|limit of|Task|general p|trap |suppres|segfault|of memory|nohang|P[Ii][Dd]: |^\[|cgroup stats|invoked/

interface Numbered {
  number: number
  observation: Observation
}

const TAG = /^[^\s[\]]+\[\d+\]: /

/** Where the lines of every kind of file arrive: the end of the pipeline. */
export class Sink {
  private readonly numbered: Numbered[] = []
  private readonly reports = new Reports((report) => this.settle(report))
  private readonly joiner = new Joiner((line) => this.read(line))
  private readonly transports: Record<Transport, number> = { kmsg: 0, journal: 0, syslog: 0 }
  private readonly coverage: Omit<KernelLogCoverage, 'lines'> = {
    kind: 'kernel-log-coverage',
    firstBootSeconds: null,
    lastBootSeconds: null,
    firstAt: null,
    lastAt: null,
    truncated: false,
  }
  private excerpt: string | null = null
  private heard = false
  /** The first lines belong to a report whose header is not there. */
  private startsInside = false
  private readonly origin: Origin

  constructor(origin: Origin) {
    this.origin = origin
  }

  /** False: lines that hold no needle may be left out. */
  get expecting(): boolean {
    return this.reports.expecting || this.joiner.holding
  }

  /** The kernel itself speaks in this log. */
  get hearsKernel(): boolean {
    return this.heard
  }

  hearKernel(): void {
    this.heard = true
  }

  /** A line, in the order of the file. */
  take(line: LogLine): void {
    this.cover(line)
    if (this.joiner.holding || WORTH_A_LOOK.test(line.text)) {
      this.joiner.push(line)
    } else {
      this.joiner.pass(line)
      this.reports.overhear(line)
    }
  }

  /** See {@link Reports.skim}. */
  skim(raw: string, wordsAt: number): boolean {
    return wordsAt >= 0 && !this.joiner.holding && this.reports.skim(raw, wordsAt)
  }

  /** Only the times of a line that is taken elsewhere or not at all. */
  cover(line: LogLine): void {
    const { coverage } = this
    this.excerpt ??= line.raw.slice(0, 200)
    if (line.transport !== null) this.transports[line.transport]++
    if (line.fromKernel) this.heard = true
    if (line.bootSeconds !== null) {
      coverage.firstBootSeconds ??= line.bootSeconds
      coverage.lastBootSeconds = line.bootSeconds
    }
    if (line.at !== null) {
      coverage.firstAt ??= line.at
      coverage.lastAt = line.at
    }
  }

  /** Something was left out: older records, or what is beyond a cap. */
  truncate(): void {
    this.coverage.truncated = true
  }

  finish(lines: number | null): Observation[] {
    this.joiner.flush()
    this.reports.finish()
    const source = this.origin.source ?? this.source()
    const { others, truncated } = this.reports
    const observations = [...this.numbered]
    for (const { observation } of observations) observation.source = source
    for (const other of others.list) {
      const observation = observeOther(other, this.origin, source)
      observations.push({ number: other.line.number, observation })
    }
    observations.sort((a, b) => a.number - b.number)
    const told = observations.map(({ observation }) => observation)
    if (!this.isKernelLog()) return told
    const isCut = truncated || others.truncated || this.startsInside
    return [...told, this.coverageObservation(source, lines, isCut)]
  }

  /** Where programs alone speak (their own units, or a journal as a plain user sees it), the kernel's silence is none. */
  private isKernelLog(): boolean {
    const { journal, syslog } = this.transports
    return this.heard || this.numbered.length > 0 || journal + syslog === 0
  }

  /** The source is known at the end: what most lines say. */
  private settle(report: OpenReport): void {
    if (report.first.number <= 3 && !report.hasHeader) this.startsInside = true
    const observation = observeReport(report, this.origin, 'kmsg')
    this.numbered.push({ number: report.first.number, observation })
  }

  private read(line: LogLine): void {
    const said = this.ask(line.text)
    if (said === null) this.reports.overhear(line)
    else this.reports.hear(said, line)
  }

  private ask(text: string): Said | null {
    // A program may write the kernel's words into a log, but not without its own name before them.
    for (const wording of TAG.test(text) ? TAGGED_WORDINGS : WORDINGS) {
      if (!text.includes(wording.needle)) continue
      const said = wording.read(text)
      if (said !== null) return said
    }
    return null
  }

  private source(): EvidenceSource {
    const { kmsg, journal, syslog } = this.transports
    if (syslog > kmsg && syslog >= journal) return 'syslog'
    return journal > kmsg ? 'journal' : 'kmsg'
  }

  private coverageObservation(
    source: EvidenceSource,
    lines: number | null,
    truncated: boolean,
  ): Observation<KernelLogCoverage> {
    const fact: KernelLogCoverage = {
      ...this.coverage,
      lines,
      truncated: this.coverage.truncated || truncated,
    }
    return {
      source,
      at: fact.lastAt,
      says: coverageInWords(fact),
      excerpt: this.excerpt ?? '',
      from: `${this.origin.from}:1`,
      fact,
    }
  }
}

function logOfLines(lines: number | null): string {
  if (lines === null) return 'A kernel log'
  return lines === 1 ? 'A kernel log of one line' : `A kernel log of ${lines} lines`
}

function coverageInWords(fact: KernelLogCoverage): string {
  const lines = logOfLines(fact.lines)
  const cut = fact.truncated ? ' Its beginning, or a part of it, is missing.' : ''
  if (fact.firstAt !== null && fact.lastAt !== null) {
    const from = new Date(fact.firstAt).toISOString()
    return `${lines} was read; it covers ${from} to ${new Date(fact.lastAt).toISOString()}.${cut}`
  }
  if (fact.firstBootSeconds !== null && fact.lastBootSeconds !== null) {
    const { firstBootSeconds, lastBootSeconds } = fact
    return `${lines} was read; it covers ${firstBootSeconds} s to ${lastBootSeconds} s after boot.${cut}`
  }
  return `${lines} was read; its lines carry no time.${cut}`
}
