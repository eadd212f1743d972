import type { EvidenceSource, Observation } from '../../model/evidence.ts'
import type { KernelLogCoverage } from '../../model/kernel.ts'
import type { Origin } from '../format.ts'
import { Incidents } from './incidents.ts'
import type { LogLine, Transport } from './line.ts'
import { observeIncident, observeOther } from './observe.ts'
import type { Said } from './wording.ts'
import { WORDINGS } from './wordings/index.ts'
import { Joiner } from './wrapped.ts'

/** Words without which no wording applies: one look before the many. */
const WORTH_ASKING =
  /oom|OOM|[Kk]ill|[Pp]anic|limit of|Tasks state|\] |suppressed|segfault|of memory|nohang| pid /

/** Where the lines of every kind of file arrive: the end of the pipeline. */
export class Sink {
  private readonly incidents = new Incidents()
  private readonly joiner = new Joiner((line) => this.read(line))
  private readonly transports = new Map<Transport, number>()
  private readonly coverage: Omit<KernelLogCoverage, 'lines'> = {
    kind: 'kernel-log-coverage',
    firstBootSeconds: null,
    lastBootSeconds: null,
    firstAt: null,
    lastAt: null,
    truncated: false,
  }
  private excerpt: string | null = null

  /** False: lines that hold no needle may be left out. */
  get expecting(): boolean {
    return this.incidents.expecting || this.joiner.holding
  }

  /** A line, in the order of the file. */
  take(line: LogLine): void {
    this.cover(line)
    this.joiner.push(line)
  }

  /** Only the times of a line that is taken elsewhere or not at all. */
  cover(line: LogLine): void {
    const { coverage } = this
    this.excerpt ??= line.raw.slice(0, 200)
    if (line.transport !== null) {
      this.transports.set(line.transport, (this.transports.get(line.transport) ?? 0) + 1)
    }
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

  finish(origin: Origin, lines: number | null): Observation[] {
    this.joiner.flush()
    const source = origin.source ?? this.source()
    const { incidents, others, truncated } = this.incidents
    const [first] = incidents
    const startsInside = first !== undefined && first.first.number <= 3 && !first.hasHeader
    const observations: { number: number; observation: Observation }[] = [
      ...incidents.map((incident) => ({
        number: incident.first.number,
        observation: observeIncident(incident, origin, source),
      })),
      ...others.map((other) => ({
        number: other.line.number,
        observation: observeOther(other, origin, source),
      })),
    ]
    observations.sort((a, b) => a.number - b.number)
    return [
      ...observations.map(({ observation }) => observation),
      this.coverageObservation(origin, source, lines, truncated || startsInside),
    ]
  }

  private read(line: LogLine): void {
    const said = this.ask(line.text)
    if (said === null) this.incidents.overhear(line)
    else this.incidents.hear(said, line)
  }

  private ask(text: string): Said | null {
    if (!WORTH_ASKING.test(text)) return null
    for (const wording of WORDINGS) {
      if (!text.includes(wording.needle)) continue
      const said = wording.read(text)
      if (said !== null) return said
    }
    return null
  }

  private source(): EvidenceSource {
    let best: Transport = 'kmsg'
    let most = 0
    for (const [transport, count] of this.transports) {
      if (count > most) {
        best = transport
        most = count
      }
    }
    return best
  }

  private coverageObservation(
    origin: Origin,
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
      from: `${origin.from}:1`,
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
